import { createMongoAbility } from '@casl/ability'
import type { MongoAbility } from '@casl/ability'
import type { Contender } from '../contender.js'
import { questions } from '../work.js'
import type { Work } from '../work.js'

/** A connection of the application, which keeps the ability of its peer. */
interface Connection {
  readonly identity: string
  ability: MongoAbility | null
}

/** An ability holds the rules of one user, made at the first question. */
export const casl: Contender<Connection> = {
  create(work) {
    const isGranted = createLookUp(work)
    const defineAbilityFor = (identity: string) => createMongoAbility(rulesFor(isGranted(identity)))
    return {
      meet: (identity) => ({ identity, ability: null }),
      ask: {
        allowed: (connection) =>
          (connection.ability ??= defineAbilityFor(connection.identity)).can(
            questions.allowed,
            'invoice',
          ),
        denied: (connection) =>
          (connection.ability ??= defineAbilityFor(connection.identity)).can(
            questions.denied,
            'invoice',
          ),
      },
    }
  },
}

function rulesFor(granted: boolean) {
  return granted ? [{ action: questions.allowed, subject: 'invoice' }] : []
}

/** Which grants an identity has is left to the application, which does the simple thing here. */
function createLookUp({ grants }: Work): (identity: string) => boolean {
  const patterns = grants.map(({ pattern }) => pattern)
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  const prefixes = patterns.filter((pattern) => pattern.endsWith('*')).map(withoutLast)
  return (identity) =>
    exact.has(identity) ||
    prefixes.some((prefix) => identity.startsWith(prefix) && !identity.includes('/', prefix.length))
}

function withoutLast(text: string): string {
  return text.slice(0, -1)
}
