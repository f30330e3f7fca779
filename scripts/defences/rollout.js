// @ts-check

/**
 * The defences of the modes `observe` and `enforce`, which let connections go on whose peer is not
 * accepted.
 *
 * @type {readonly import('./index.js').FindingTest[]}
 */
export const rolloutDefences = [
  {
    finding: 'M1',
    file: 'rollout/enforce',
    name: 'requests that arrive together are each answered, and reach no listener',
    defences: [
      {
        without: 'an answer before the listeners of the server',
        file: 'tls/attachment',
        find: 'unaccepted.mayPass(arrival)',
        replace: 'true',
      },
      {
        without: 'the memory of who was not accepted',
        file: 'tls/unaccepted-connections',
        find: 'memory.remember(connection.socket, connection);',
        replace: ';',
      },
      {
        without: 'forgetting what OpenSSL found against the certificate',
        file: 'tls/unaccepted-connections',
        find: 'forgetFindings();',
        replace: ';',
      },
    ],
  },
  ...['upgrade', 'connect', 'checkContinue', 'checkExpectation'].map((event) => ({
    finding: 'M1',
    file: 'rollout/enforce',
    name: `${event} of a peer that is not accepted closes its connection`,
    defences: [
      {
        without: `a guard on ${event}`,
        file: 'tls/guard-requests',
        find: `    '${event}',\n`,
        replace: '',
      },
    ],
  })),
  ...[
    'streams reach no listener of the server, nor one of their session',
    'a request in one packet with a session that breaks behind it reaches no listener',
  ].map((name) => ({
    finding: 'M1',
    file: 'rollout/enforce',
    name,
    defences: [
      {
        without: 'a guard on the streams of a session',
        file: 'tls/guard-requests',
        find: "if (event !== 'stream')",
        replace: "if (event !== 'never')",
      },
    ],
  })),
  {
    finding: 'M1',
    file: 'rollout/enforce',
    name: 'a connection without a protocol of the server is closed',
    defences: [
      {
        without: 'a guard on connections of another protocol',
        file: 'tls/guard-requests',
        find: "event === 'unknownProtocol'",
        replace: 'false',
      },
    ],
  },
  {
    finding: 'M1',
    file: 'rollout/enforce',
    name: 'a server that does not speak HTTP cannot be attached, since nobody could answer',
    defences: [
      {
        without: 'the refusal of servers without HTTP',
        file: 'tls/bind-server',
        find: 'refuseWithoutHttp(server);',
        replace: ';',
      },
    ],
  },
  ...['http/1.1', 'h2'].map((protocol) => ({
    finding: 'M1',
    file: 'rollout/live-connections',
    name: `observe: who is denied on a live connection of ${protocol} goes on as nobody`,
    defences: [
      {
        without: 'the memory that a peer is no longer accepted',
        file: 'tls/captured-peer',
        find: 'refusal !== null',
        replace: 'false',
      },
      {
        without: 'telling it once',
        file: 'tls/live-connections',
        find: 'connection.isDismissed || ',
        replace: '',
      },
    ],
  })),
  ...['observe', 'enforce'].flatMap((mode) => [
    {
      finding: 'M1',
      file: 'rollout/resumption',
      name: `${mode}: a session of TLSv1.3 does not accept an untrusted certificate when it is resumed`,
      defences: [
        {
          without: 'the verdict of OpenSSL, which the handshake no longer enforces',
          file: 'tls/accept-connection',
          find: 'refuseUnverified(socket, leaf);',
          replace: '',
        },
      ],
    },
    {
      finding: 'M1',
      file: 'rollout/resumption',
      name: `${mode}: a session of TLSv1.3 does not accept no certificate when it is resumed`,
      defences: [
        {
          without: 'asking whether there is a certificate',
          file: 'tls/accepted-peer',
          find: 'der === null',
          replace: 'false',
        },
      ],
    },
  ]),
]
