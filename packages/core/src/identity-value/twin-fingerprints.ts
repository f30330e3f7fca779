/** Lists under which other fingerprints a certificate can be presented; null where nobody can say. */
export type ListTwins = () => readonly string[] | null

/**
 * Remembers under which other fingerprints the certificate of `bearer` can be presented by whoever
 * holds it; null where nobody can say. `bearer` is what a certificate says, or the identity of it.
 *
 * Only who names fingerprints asks, and few do: until then they are not listed.
 */
export function rememberTwins(bearer: object, list: ListTwins): void {
  remembered.set(bearer, { list, twins: undefined })
}

/** Remembers of `bearer` what is remembered of `other`; where that is nothing, that nobody can say. */
export function shareTwins(bearer: object, other: object): void {
  remembered.set(bearer, remembered.get(other) ?? { list: null, twins: null })
}

/** What was remembered; undefined for what was made by hand. */
export function twinsOf(bearer: object): readonly string[] | null | undefined {
  const known = remembered.get(bearer)
  if (known?.list) {
    known.twins = known.list()
    known.list = null
  }
  return known?.twins
}

interface Twins {
  /** Null when it was asked. */
  list: ListTwins | null
  twins: readonly string[] | null | undefined
}

const remembered = new WeakMap<object, Twins>()
