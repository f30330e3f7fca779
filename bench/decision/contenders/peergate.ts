import { createPeerGate, definePolicy, spiffe } from '@peergate/core'
import type {
  Admission,
  CertificateFacts,
  Guard,
  PeerEvidence,
  PeerSource,
  RolloutMode,
} from '@peergate/core'
import type { Contender, Decider } from '../contender.js'
import type { Question, Work } from '../work.js'

/** The gate, asked as the adapters ask it: by an admission, which is one object for a connection. */
export const peergate: Contender<Admission> = { create: (work) => createDecider(work) }

/** The same in a mode of its source. */
export function createDecider(
  work: Work,
  mode: RolloutMode = 'enforce',
): Decider<Admission> & { readonly ask: Readonly<Record<Question, Guard>> } {
  const gate = createPeerGate({
    source: { ...givenSource, mode },
    identity: spiffe({ trustDomain: 'prod.example' }),
    policy: createPolicy(work),
  })
  return {
    meet: (identity) => gate.admit({ socket: evidenceOf(identity) }),
    ask: {
      allowed: gate.guard(gate.permission('invoice:read')),
      denied: gate.guard(gate.permission('invoice:write')),
    },
  }
}

function createPolicy({ grants }: Work) {
  return definePolicy({
    identity: 'spiffe',
    permissions: ['invoice:read', 'invoice:write'],
    grants: grants.map(({ pattern }) => ({ identity: pattern, allow: ['invoice:read'] as const })),
  })
}

/** Proves of a request what stands in the place of its socket. */
const givenSource: PeerSource = {
  name: 'given',
  read: ({ socket }) => socket as PeerEvidence,
}

function evidenceOf(identity: string): PeerEvidence {
  const name = { type: 'uniformResourceIdentifier', value: identity } as const
  const certificate = Object.freeze({ ...leaf, subjectAlternativeNames: [name] })
  return Object.freeze({ source: 'given', assurance: 'tls', certificate, trustSet: 'payments' })
}

const leaf: CertificateFacts = {
  subject: [],
  issuer: [[{ typeId: '2.5.4.3', text: 'Payments Client CA', der: new Uint8Array() }]],
  serialNumber: 'C0FFEE01',
  notBefore: 0,
  notAfter: Date.UTC(9999, 0, 1),
  fingerprint256: Array.from({ length: 32 }, () => 'AB').join(':'),
  subjectAlternativeNames: [],
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
  basicConstraints: { ca: false, pathLength: null },
  publicKey: { algorithm: 'EC', algorithmId: '1.2.840.10045.2.1', bits: 256 },
}
