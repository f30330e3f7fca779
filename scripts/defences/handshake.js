// @ts-check

/**
 * The defences about who a handshake let in: F1 to F4.
 *
 * @type {readonly import('./index.js').FindingTest[]}
 */
export const handshakeDefences = [
  {
    finding: 'F1',
    file: 'findings/renegotiation',
    name: 'F1 renegotiation is refused',
    defences: [
      {
        without: 'OpenSSL refusing renegotiation on an attached server',
        file: 'tls/server-options',
        find: 'sessions.secureOptions | constants.SSL_OP_NO_RENEGOTIATION',
        replace: 'sessions.secureOptions',
      },
      {
        without: 'OpenSSL refusing renegotiation on a server before it is attached',
        file: 'tls/server-options',
        find: 'constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION',
        replace: 'constants.SSL_OP_NO_TICKET',
      },
      {
        without: 'Node cutting off a renegotiation',
        file: 'tls/attachment',
        find: 'socket.disableRenegotiation();',
        replace: '',
      },
      {
        without: 'TLS 1.3 as the default',
        file: 'tls/tls-gate-options',
        find: ".default('TLSv1.3')",
        replace: ".default('TLSv1.2')",
      },
      {
        without: 'the refusal of TLS 1.2 where there is no TLS gate',
        file: 'source/socket',
        find: 'refuseOldProtocol(socket);',
        replace: '',
      },
    ],
  },
  {
    finding: 'F2',
    file: 'findings/missing-certificate',
    name: 'F2 authorized without a certificate is no identity',
    defences: [
      {
        without: 'asking whether there is a certificate',
        file: 'tls/accepted-peer',
        find: 'der === null',
        replace: 'false',
      },
      {
        without: 'asking whether the certificate was verified',
        file: 'tls/accepted-peer',
        find: 'authorized !== true',
        replace: 'false',
      },
      {
        without: 'asking what was found against the certificate',
        file: 'tls/accepted-peer',
        find: 'verdict !== null',
        replace: 'false',
      },
      {
        without: 'the refusal of connections that were not captured',
        file: 'source/socket',
        find: 'captured === undefined ? readByHand() : readCaptured(captured)',
        replace: 'readByHand()',
      },
    ],
  },
  {
    finding: 'F3',
    file: 'findings/missing-certificate',
    name: 'F3 a session from another server lets nobody in',
    defences: [
      {
        without: 'the refusal of ticket keys of somebody else’s',
        file: 'tls/bind-server',
        find: "'ticketKeys',",
        replace: '',
      },
      {
        without: 'tickets turned off on an attached server',
        file: 'tls/resumption',
        find: 'constants.SSL_OP_NO_TICKET',
        replace: '0',
      },
      {
        without: 'a session id context on a server before it is attached',
        file: 'tls/server-options',
        find: 'sessionIdContext: epoch.slice(0, 32),',
        replace: '',
      },
      {
        without: 'the refusal of resumed sessions where none is issued',
        file: 'tls/accept-connection',
        find: 'refuseResumption(mayResume);',
        replace: ';',
        nodes: [20, 22],
      },
      {
        without: 'asking whether there is a certificate',
        file: 'tls/accepted-peer',
        find: 'der === null',
        replace: 'false',
        nodes: [20, 22],
      },
    ],
  },
  {
    finding: 'F4',
    file: 'findings/missing-address',
    name: 'F4 a missing peer address changes nothing',
    defences: [
      {
        without: 'distrust of a handshake whose arrival is not known',
        file: 'tls/handshake-states',
        find: '?.state ?? null',
        replace: '?.state ?? current()',
      },
      {
        without: 'telling connections without an address apart',
        file: 'tls/handshake-states',
        find: 'if (remoteAddress === undefined)',
        replace: 'if (false)',
      },
      {
        without: 'the capture of the peer at the handshake',
        file: 'source/socket',
        find: 'captured === undefined ? readByHand() : readCaptured(captured)',
        replace: 'readByHand()',
      },
    ],
  },
  {
    finding: 'F4',
    file: 'remote-address',
    name: 'knows the address of a connection that the client closed only where it was remembered',
    defences: [
      {
        without: 'the memory of addresses',
        file: 'tls/remote-address',
        find: "server.prependListener('connection', ownAddress);",
        replace: '',
      },
    ],
  },
]
