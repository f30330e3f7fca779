import { X509Certificate } from 'node:crypto'
import type { PeerGateErrorCode } from '@peergate/core'
import type { MintedLeaf } from '@peergate/testkit'
import type { Load } from './load.js'
import { bundle, issueServer, listRevoked } from './pki.js'
import type { Service } from './service.js'

/** What a change is made to. */
export interface Running {
  readonly service: Service
  readonly load: Load
}

/** One change to a running service. */
export interface Change {
  readonly name: string
  /** Resolves once the change is in force. */
  readonly make: (running: Running) => Promise<void>
  /** Asked after the load went on for a while; `before` is how things were before the change. */
  readonly check?: readonly [rule: string, holds: (running: Running, before: State) => boolean]
}

/** What a server is known by, as far as its files decide. */
export interface State {
  readonly epoch: string
  readonly serverCertificate: string
}

export function readState({ tls }: Service): State {
  const { serialNumber } = new X509Certificate(String(tls.serverOptions.cert))
  return { epoch: tls.epoch, serverCertificate: serialNumber }
}

/**
 * The changes in their order. Where two files change, there is a moment at which only one of them is
 * new. It must be one that the gate does not take: the list of a CA that is not trusted, a certificate
 * without its key. Each change waits for the gate to say so before it goes on.
 */
export const changes: readonly Change[] = [
  {
    name: 'nothing yet',
    make: async () => undefined,
  },
  {
    name: 'new client CA beside the old',
    async make({ service }) {
      service.replace('revoked.pem', await listRevoked(['old-client-ca', 'new-client-ca']))
      await untaken(service, 'ERR_PEERGATE_REVOCATION_LIST_INVALID')
      service.replace('client-cas.pem', bundle('old-client-ca', 'new-client-ca'))
      await newTrust(service)
    },
  },
  {
    name: 'clients renewed',
    make: async ({ load }) => load.renew(),
  },
  {
    name: 'old client CA removed',
    async make({ service, load }) {
      service.replace('client-cas.pem', bundle('new-client-ca'))
      await untaken(service, 'ERR_PEERGATE_REVOCATION_LIST_INVALID')
      const lists = await listRevoked(['new-client-ca'])
      const code = 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED'
      load.expectRefusal({ client: 'laggard', because: 'its CA was removed', code })
      service.replace('revoked.pem', lists)
      await newTrust(service)
    },
  },
  {
    name: 'client revoked by list',
    async make({ service, load }) {
      const { serialNumber } = load.leafOf('leaver')
      const lists = await listRevoked(['new-client-ca'], [serialNumber])
      const code = 'ERR_PEERGATE_CERTIFICATE_REVOKED'
      load.expectRefusal({ client: 'leaver', because: 'its CA revoked it', code })
      service.replace('revoked.pem', lists)
      await newTrust(service)
    },
  },
  {
    name: 'server certificate renewed',
    async make({ service }) {
      const { certificate, key } = await issueServer()
      service.replace('server.pem', certificate)
      await untaken(service, 'ERR_PEERGATE_SERVER_KEY_INVALID')
      service.replace('server-key.pem', key)
      await service.nextOutcome(({ error }) => error === null)
    },
    check: [
      'new connections met the new server certificate, and those that were open lived on',
      ({ service, load }, before) =>
        isOnly(load.serverCertificates(false), readState(service).serverCertificate) &&
        isOnly(load.serverCertificates(true), before.serverCertificate) &&
        readState(service).serverCertificate !== before.serverCertificate,
    ],
  },
  {
    name: 'client on the denylist',
    async make({ service, load }) {
      const code = 'ERR_PEERGATE_CERTIFICATE_REVOKED'
      load.expectRefusal({ client: 'thief', because: 'it is on the denylist', code })
      service.tls.setDenylist({ fingerprints: [fingerprintOf(load.leafOf('thief'))] })
    },
  },
  {
    name: 'client CA half-written',
    async make({ service }) {
      const whole = bundle('new-client-ca')
      service.overwrite('client-cas.pem', whole.slice(0, whole.length / 2))
      await untaken(service, 'ERR_PEERGATE_PEM_INVALID')
    },
    check: [
      'the half-written file changed nothing',
      ({ service }, before) => readState(service).epoch === before.epoch,
    ],
  },
]

/** Resolves once the gate has looked at its files, and found that they do not do. */
async function untaken(service: Service, code: PeerGateErrorCode): Promise<void> {
  await service.nextOutcome(({ error }) => error?.code === code)
}

async function newTrust(service: Service): Promise<void> {
  await service.nextOutcome((outcome) => outcome.error === null && outcome.isNewEpoch)
}

function isOnly(values: ReadonlySet<unknown>, value: unknown): boolean {
  return values.size === 1 && values.has(value)
}

function fingerprintOf({ der }: MintedLeaf): string {
  return new X509Certificate(der).fingerprint256
}
