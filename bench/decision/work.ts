/** Whether the peer may read invoices, which is granted, and write them, which is not. */
export const questions = { allowed: 'read', denied: 'write' } as const

export type Question = keyof typeof questions

/** The work of every contender: who may do what, and who asks. */
export interface Work {
  readonly grants: readonly WorkGrant[]
  /** The identity that asks; the grant in the middle matches it. */
  readonly identity: string
  /** An identity that the same grant matches, and that was never seen before. */
  readonly newIdentity: () => string
}

/** Lets the identities that `pattern` matches read invoices. */
interface WorkGrant {
  /** The namespace, which no other grant has. */
  readonly namespace: string
  /** One identity, or `*` for every last segment. */
  readonly pattern: string
}

/** Every other grant is for one identity, the others for all of a namespace. */
export function createWork(size: number): Work {
  const grants = Array.from({ length: size }, (_, index) => createGrant(index))
  // An odd one, which is a pattern.
  const middle = `spiffe://prod.example/ns/${namespaceOf(Math.floor(size / 2) | 1)}/sa`
  let seen = 0
  return {
    grants,
    identity: flat(`${middle}/worker`),
    newIdentity: () => flat(`${middle}/worker-${(seen += 1)}`),
  }
}

function createGrant(index: number): WorkGrant {
  const namespace = namespaceOf(index)
  const account = index % 2 === 0 ? 'worker' : '*'
  return { namespace, pattern: `spiffe://prod.example/ns/${namespace}/sa/${account}` }
}

function namespaceOf(index: number): string {
  return `team-${index}`
}

/** A text that was put together is a rope in V8; what is read from a certificate is none. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
