// @ts-check

/**
 * The defences about what a server is told of its trust: F7 to F9.
 *
 * @type {readonly import('./index.js').FindingTest[]}
 */
export const trustDefences = [
  {
    finding: 'F7',
    file: 'findings/server-name',
    name: 'F7 the server name decides nothing',
    defences: [
      {
        without: 'a choice of the context by the TLS gate',
        file: 'tls/server-options',
        find: 'SNICallback: chooseContext,',
        replace: '',
      },
      {
        without: 'the refusal of a context that somebody else chose',
        file: 'tls/accept-connection',
        find: 'names.refuseForeignContext(socket);',
        replace: ';',
      },
      {
        without: 'a lock on addContext',
        file: 'tls/bind-server',
        find: "['addContext', 'setSecureContext']",
        replace: "['setSecureContext']",
      },
      {
        without: 'a lock on setSecureContext',
        file: 'tls/bind-server',
        find: "['addContext', 'setSecureContext']",
        replace: "['addContext']",
      },
    ],
  },
  {
    finding: 'F7',
    file: 'hosts',
    name: 'decides on every server name',
    defences: [
      {
        without: 'the refusal of names that are not served',
        file: 'tls/server-names',
        find: 'throw unknownHost(servername);',
        replace: "return 'a.test';",
      },
    ],
  },
  {
    finding: 'F7',
    file: 'hosts',
    name: 'answers no request for another host than that of its connection',
    defences: [
      {
        without: 'comparing the host of a request with that of its connection',
        file: 'source/socket',
        find: 'refuseOtherHost(request, host);',
        replace: ';',
      },
    ],
  },
  {
    finding: 'F8',
    file: 'findings/client-cas',
    name: 'F8 only the client CAs that were meant are trusted',
    defences: [
      {
        without: 'the refusal of an empty text',
        file: 'tls/material',
        find: "value !== ''",
        replace: 'true',
      },
      {
        without: 'the refusal of a file without a block',
        file: 'certificate/pem',
        find: 'blocks.length === 0',
        replace: 'false',
      },
      {
        without: 'the refusal of a block without an end',
        file: 'certificate/pem',
        find: 'throw invalid(role, `BEGIN ${open.label} without END`);',
        replace: ';',
      },
      {
        without: 'the refusal of a leaf',
        file: 'tls/client-ca-set',
        find: 'refuseLeaf(place, facts);',
        replace: '',
      },
      {
        without: 'the refusal of a public root',
        file: 'tls/client-ca-set',
        find: 'refusePublicRoot(place, x509);',
        replace: '',
      },
      {
        without: 'the client CAs in the options',
        file: 'tls/server-options',
        find: '...host?.material,\n        ca,',
        replace: '...host?.material,',
      },
      {
        without: 'a list for the CAs of a server without any',
        file: 'tls/server-options',
        find: 'Object.freeze(host === null ? [] : [host.clientCas.bundle])',
        replace: "Object.freeze(host === null ? [''] : [host.clientCas.bundle])",
      },
      {
        without: 'asking for a certificate',
        file: 'tls/server-options',
        find: 'requestCert: true,',
        replace: 'requestCert: false,',
      },
      {
        without: 'requiring that it verifies',
        file: 'tls/server-options',
        find: "rejectUnauthorized: refusals === 'handshake',",
        replace: 'rejectUnauthorized: false,',
      },
    ],
  },
  {
    finding: 'F9',
    file: 'findings/reloaded-options',
    name: 'F9 a reload sets every option again',
    defences: [
      reloadWithout('a new context at a reload', ';'),
      reloadWithout(
        'anything but the client CAs in the new context',
        'setContext({ ca: contextOptions.ca });',
      ),
      ...['ca', 'cert', 'minVersion', 'secureOptions', 'sessionIdContext', 'ticketKeys'].map(
        (option) =>
          reloadWithout(
            `${option} in the new context`,
            `setContext({ ...contextOptions, ${option}: undefined });`,
          ),
      ),
      {
        without: 'judging open connections again',
        file: 'tls/attachment',
        find: 'connections.list()',
        replace: '[]',
      },
      {
        without: 'ticket keys of the trust',
        file: 'tls/resumption',
        find: "hkdfSync('sha256', secret, epoch,",
        replace: "hkdfSync('sha256', secret, '',",
      },
      {
        without: 'a session id context of the trust',
        file: 'tls/resumption',
        find: 'return epoch.slice(0, 32)',
        replace: "return 'every trust'",
      },
    ],
  },
]

/**
 * @param {string} without
 * @param {string} replace
 * @returns {import('./index.js').Defence}
 */
function reloadWithout(without, replace) {
  return { without, file: 'tls/attachment', find: 'setContext(contextOptions);', replace }
}
