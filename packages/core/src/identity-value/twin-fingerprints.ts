/**
 * Remembers under which other fingerprints the certificate of `bearer` can be presented by whoever
 * holds it; null where nobody can say. `bearer` is what a certificate says, or the identity of it.
 */
export function rememberTwins(bearer: object, twins: readonly string[] | null): void {
  remembered.set(bearer, twins)
}

/** What was remembered; undefined for what was made by hand. */
export function twinsOf(bearer: object): readonly string[] | null | undefined {
  return remembered.get(bearer)
}

const remembered = new WeakMap<object, readonly string[] | null>()
