// @ts-check

/**
 * The defences about what is read of a peer: F11 to F16.
 *
 * @type {readonly import('./index.js').FindingTest[]}
 */
export const peerDefences = [
  ...['http/1.1', 'h2'].flatMap((protocol) => [
    {
      finding: 'F11',
      file: 'findings/captured-peer',
      name: `F11 the certificate is read once for a connection of ${protocol}`,
      defences: [
        {
          without: 'the memory of the peer at the TLS gate',
          file: 'source/socket',
          find: 'captured === undefined ? readByHand() : readCaptured(captured)',
          replace: 'readOnce',
        },
        {
          without: 'the memory of the peer without a TLS gate',
          file: 'source/socket',
          find: 'known !== undefined',
          replace: 'false',
        },
        {
          without: 'reading the certificate from the session',
          file: 'tls/accepted-peer',
          find: '= readLeafDer(socket);',
          replace: '= socket.getPeerX509Certificate()?.raw ?? null;',
        },
      ],
    },
    {
      finding: 'F12',
      file: 'findings/captured-peer',
      name: `F12 a closed connection of ${protocol} is a refusal, never an exception`,
      defences: [
        {
          without: 'catching what a closed socket throws',
          file: 'source/socket',
          find: "return cause instanceof PeerGateError ? cause : closed('its socket cannot be read', cause);",
          replace: 'throw cause;',
        },
        {
          without: 'asking whether the socket is destroyed',
          file: 'source/socket',
          find: 'socket.destroyed === true',
          replace: 'false',
        },
      ],
    },
  ]),
  {
    finding: 'F11',
    file: 'findings/captured-peer',
    name: 'F11 the chain is left to whoever reads it later',
    defences: [
      {
        without: 'reading the certificate from the session',
        file: 'tls/accepted-peer',
        find: '= readLeafDer(socket);',
        replace: '= socket.getPeerX509Certificate()?.raw ?? null;',
        nodes: [20, 22],
      },
    ],
  },
  {
    finding: 'F14',
    file: 'findings/strict-certificate',
    name: 'F14 a certificate is read strictly from its DER',
    defences: [
      {
        without: 'the refusal of bytes behind a certificate',
        file: 'certificate/parse-certificate',
        find: "leave(whole, 'certificate');",
        replace: '',
      },
    ],
  },
  {
    finding: 'F14',
    file: 'findings/strict-certificate',
    name: 'F14 a certificate is no other that it bears',
    defences: [
      {
        without: 'boundaries around a certificate before Node looks for them inside',
        file: 'tls/client-cas',
        find: 'openCertificate(leaf.der)',
        replace: 'new (process.getBuiltinModule("crypto").X509Certificate)(leaf.der)',
      },
    ],
  },
  {
    finding: 'F14',
    file: 'findings/twin-certificate',
    name: 'F14 a certificate on the denylist does not come back as its twin',
    defences: [
      {
        without: 'the twins of a certificate on the denylist',
        file: 'tls/denylist',
        find: '...(twinsOf(certificate) ?? [])',
        replace: '',
      },
    ],
  },
  {
    finding: 'F14',
    file: 'findings/twin-certificate',
    name: 'F14 a denial of a certificate is one of its twin',
    defences: [
      {
        without: 'finding the denials of a twin',
        file: 'policy/grant/grant-index',
        find: '[fingerprint256 ?? [], twins ?? []]',
        replace: '[fingerprint256 ?? []]',
      },
      {
        without: 'the twins in the condition of a denial',
        file: 'policy/grant/condition',
        find: 'twins?.includes(wanted) === true',
        replace: 'false',
      },
      {
        without: 'the memory of the twins of an identity',
        file: 'admission',
        find: 'shareTwins(identity, evidence.certificate);',
        replace: ';',
      },
    ],
  },
  {
    finding: 'F14',
    file: 'findings/twin-certificate',
    name: 'F14 a grant for a certificate is none for its twin',
    defences: [
      {
        without: 'the difference of a certificate and its twin',
        file: 'policy/grant/condition',
        find: "=== true ? 'unknown'",
        replace: "=== true ? 'met'",
      },
    ],
  },
  {
    finding: 'F15',
    file: 'findings/told-reason',
    name: 'F15 the reason of a refusal is known to onRefused',
    defences: [
      {
        without: 'the report of failed handshakes',
        file: 'tls/attachment',
        find: "server.on('tlsClientError',",
        replace: "server.on('never',",
      },
      {
        without: 'what OpenSSL found against the certificate',
        file: 'tls/refusal',
        find: 'const reason = verdict ?? failure.code ?? failure.message;',
        replace: 'const reason = failure.code;',
      },
      {
        without: 'the clock of this machine',
        file: 'tls/refusal',
        find: 'parts.push(describeValidity(null, now));',
        replace: ';',
      },
      {
        without: 'the address of a connection that is closed',
        file: 'tls/remote-address',
        find: 'transport === null ? null : ownAddress(transport)',
        replace: 'null',
      },
    ],
  },
  {
    finding: 'F16',
    file: 'findings/strict-certificate',
    name: 'F16 a very large certificate is refused before HTTP',
    defences: [
      {
        without: 'the largest certificate',
        file: 'certificate/parse-certificate',
        find: 'der.length > maximumBytes',
        replace: 'false',
      },
      {
        without: 'the highest number of names',
        file: 'certificate/subject-alternative-name',
        find: 'names.length === maximumNames',
        replace: 'false',
      },
    ],
  },
]
