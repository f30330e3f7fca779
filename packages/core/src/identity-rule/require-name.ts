import type { PeerCertificate } from '../certificate/asserted-facts.js'
import type { SubjectAlternativeName } from '../certificate/subject-alternative-name.js'
import { requireOne } from './require-one.js'

/**
 * The one subject alternative name of a form, which `form` calls by its name.
 *
 * @throws {PeerGateError} ERR_PEERGATE_IDENTITY_MISSING or ERR_PEERGATE_IDENTITY_AMBIGUOUS.
 */
export function requireName<Name extends SubjectAlternativeName>(
  { subjectAlternativeNames: names }: PeerCertificate,
  form: string,
  isOfForm: (name: SubjectAlternativeName) => name is Name,
): Name {
  const found: Name[] = []
  for (const name of names) if (isOfForm(name)) found.push(name)
  return requireOne(
    found,
    () =>
      `the certificate must have exactly one ${form}, found ${found.length} among ${tally(names)}`,
  )
}

/** The names by count and type only, since their text is not what is wrong: `2 dNSName, 1 iPAddress`. */
function tally(names: readonly SubjectAlternativeName[]): string {
  const counts = new Map<string, { count: number }>()
  for (const { type } of names) {
    const counted = counts.get(type)
    if (counted === undefined) counts.set(type, { count: 1 })
    else counted.count += 1
  }
  return Array.from(counts, ([type, { count }]) => `${count} ${type}`).join(', ') || 'no names'
}
