// @ts-check

/**
 * The defences about sessions that are resumed: F5 and F6.
 *
 * @type {readonly import('./index.js').FindingTest[]}
 */
export const sessionDefences = [
  {
    finding: 'F5',
    file: 'findings/resumed-session',
    name: 'F5 nothing is left to a resumed session',
    defences: [
      {
        without: 'the refusal of session stores',
        file: 'tls/bind-server',
        find: 'refuseSessionStore(server);',
        replace: '',
      },
      {
        without: 'the refusal of resumed sessions where none is issued',
        file: 'tls/accept-connection',
        find: 'refuseResumption(mayResume);',
        replace: ';',
      },
      {
        without: 'comparing the validity with the clock on every request',
        file: 'admission',
        find: 'refuseLapsed(peer, clock());',
        replace: '',
      },
      {
        without: 'judging a peer before HTTP',
        file: 'tls/accept-connection',
        find: 'refuseUnaccepted(peer, current());',
        replace: '',
      },
      {
        without: 'revocation lists',
        file: 'tls/client-cas',
        find: 'set?.revocation?.refuseRevoked(certificate.serialNumber, issuer, clock());',
        replace: '',
      },
      {
        without: 'the denylist',
        file: 'tls/captured-peer',
        find: 'state.denylist.refuseDenied(certificate);',
        replace: '',
      },
      {
        without: 'a new epoch for a new revocation list',
        file: 'tls/client-ca-set',
        find: '`revocation ${revocation.canonical}`',
        replace: "'revocation'",
      },
      {
        without: 'a session id context of the trust',
        file: 'tls/resumption',
        find: 'return epoch.slice(0, 32)',
        replace: "return 'every trust'",
      },
    ],
  },
  {
    finding: 'F5',
    file: 'findings/resumed-session',
    name: 'F5 a session ends with its time',
    defences: [
      {
        without: 'the age of sessions',
        file: 'tls/resumption',
        find: 'sessionTimeout: maxAge,',
        replace: '',
      },
      {
        without: 'the longest age of sessions',
        file: 'tls/resumption',
        find: '&& seconds <= 300',
        replace: '',
      },
    ],
  },
  {
    finding: 'F5',
    file: 'sessions-across-processes',
    name: 'processes with one secret and one trust resume each other’s sessions',
    defences: [
      {
        without: 'the client CAs in the epoch',
        file: 'tls/trust-state',
        find: 'clientCas: hosts.canonical, ',
        replace: '',
      },
      {
        without: 'the denylist in the epoch',
        file: 'tls/trust-state',
        find: ', denylist: denylist.canonical',
        replace: '',
      },
      {
        without: 'the secret in the ticket keys',
        file: 'tls/resumption',
        find: "hkdfSync('sha256', secret, epoch,",
        replace: "hkdfSync('sha256', 'secret', epoch,",
      },
    ],
  },
  {
    finding: 'F6',
    file: 'findings/resumed-session',
    name: 'F6 a session for another server name is not resumed',
    defences: [
      {
        without: 'tickets turned off on an attached server',
        file: 'tls/resumption',
        find: 'constants.SSL_OP_NO_TICKET',
        replace: '0',
        nodes: [20],
      },
    ],
  },
  {
    finding: 'F6',
    file: 'hosts',
    name: 'resumes a session at its own host only, or not at all',
    defences: [
      {
        without: 'the refusal of resumption by hosts where Node resumes across them',
        file: 'tls/resumption',
        find: 'refuseCrossHostNode(hosts.nodeVersion ?? process.versions.node);',
        replace: '',
        nodes: [20],
      },
    ],
  },
]
