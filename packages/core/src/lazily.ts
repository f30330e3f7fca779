/**
 * What `create` gives, asked for when it is needed first. The schemas of options and the parsers of
 * files would be made for every service that starts, and most services use few of them.
 */
export function lazily<Value>(create: () => Value): () => Value {
  let created: { readonly value: Value } | undefined
  return () => (created ??= { value: create() }).value
}
