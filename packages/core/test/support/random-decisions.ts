import type { ClientIdentity, Grant, IdentityKind, Role } from '@peergate/core'
import type { ReferenceCase, ReferenceRequirement } from './reference-policy.js'
import type { SeededRandom } from './seeded-random.js'

export const randomPermissions = ['read', 'write', 'constructor'] as const

const words = ['a', 'b', 'c'] as const
const lookAlikes = ['a', 'b', 'c', 'a', 'b', '*', '**', '{x}', 'constructor'] as const
const sets = ['payments', 'batch'] as const
const assurances = ['tls', 'proxy-verified', 'proxy-asserted'] as const
const parameters = ['tenant', 'toString'] as const
const day = 86_400_000
const start = Date.UTC(2026, 5, 1)

type Words = readonly [string, ...string[]]

/** Identities of a kind, and patterns of it, over so few words that they often meet. */
interface RandomKind {
  readonly identity: (random: SeededRandom) => string
  readonly pattern: (random: SeededRandom) => string
}

function join(random: SeededRandom, separator: string, from: Words, most = 3): string {
  return Array.from({ length: 1 + random.below(most) }, () => random.pick(from)).join(separator)
}

const wild: Words = ['a', 'b', '*', '*', '{x}']

function pathKind(root: string, end: readonly [string, ...string[]]): RandomKind {
  return {
    identity: (random) => `${root}/${join(random, '/', lookAlikes)}${random.pick(end)}`,
    pattern: (random) => `${root}/${join(random, '/', wild, 2)}${random.once(3) ? '/**' : ''}`,
  }
}

const accounts: RandomKind = {
  identity: (random) => `${random.pick(lookAlikes)}@${random.pick(words)}.example`,
  pattern: (random) => `${random.pick(wild)}@${random.pick(words)}.example`,
}

const kinds: Readonly<Record<IdentityKind, RandomKind>> = {
  spiffe: pathKind('spiffe://d', ['']),
  uri: pathKind('https://d.example', ['', '', '', '?a', '#a']),
  dns: {
    identity: (random) => `${join(random, '.', lookAlikes)}.b.example`,
    pattern: (random) =>
      `${random.once(3) ? '**.' : ''}${join(random, '.', wild, 2)}.b.example`.replace(
        '**.**',
        '**',
      ),
  },
  email: accounts,
  upn: accounts,
  ip: {
    identity: (random) => `192.0.${random.below(4)}.${random.below(8)}`,
    pattern: (random) =>
      random.pick([
        `192.0.${random.below(4)}.0/24`,
        '192.0.0.0/23',
        '192.0.2.4/30',
        `192.0.0.${random.below(8)}`,
      ]),
  },
  commonName: {
    identity: (random) => random.pick(lookAlikes),
    pattern: (random) => random.pick(lookAlikes),
  },
}

const kindNames = Object.keys(kinds) as [IdentityKind, ...IdentityKind[]]

export type RandomPolicy = Pick<ReferenceCase, 'grants' | 'kind' | 'roles'>

export function randomPolicy(random: SeededRandom): RandomPolicy {
  const kind = random.pick(kindNames)
  const roles = randomRoles(random)
  const grants = new Map<string, Grant<string, string>>()
  for (let left = 1 + random.below(7); left > 0; left -= 1) {
    const grant = randomGrant(random, kind, Object.keys(roles))
    const { allow: _allow, deny: _deny, roles: _roles, ...rest } = grant
    grants.set(JSON.stringify(rest), grant)
  }
  return { kind, roles, grants: [...grants.values()] }
}

/** Each holds only earlier ones, so that there is no cycle. */
function randomRoles(random: SeededRandom): Readonly<Record<string, Role>> {
  const roles: Record<string, Role> = {}
  for (const name of ['clerk', 'toString', 'auditor'].slice(random.below(4))) {
    const earlier = Object.keys(roles).filter(() => random.once(2))
    const allow = randomPermissions.filter(() => random.once(3))
    roles[name] = {
      ...(allow.length > 0 || earlier.length === 0 ? { allow: orOne(random, allow) } : {}),
      ...(earlier.length > 0 && { roles: earlier }),
    }
  }
  return roles
}

function orOne(random: SeededRandom, permissions: readonly string[]): readonly string[] {
  return permissions.length > 0 ? permissions : [random.pick(randomPermissions)]
}

function randomGrant(
  random: SeededRandom,
  kind: IdentityKind,
  roleNames: readonly string[],
): Grant<string, string> {
  const deny = random.once(4) ? randomPermissions.filter(() => random.once(2)) : []
  const roles = roleNames.filter(() => random.once(3))
  const wanted = randomPermissions.filter((one) => !deny.includes(one) && random.once(2))
  const isIdle = deny.length + roles.length + wanted.length === 0
  const allow = isIdle ? [random.pick(randomPermissions)] : wanted
  const target = randomTarget(random, kind)
  // A common name has no wildcards, and so no captures.
  const where = randomScope(random, kind === 'commonName' ? '' : (target.identity ?? ''))
  return {
    ...target,
    ...(allow.length > 0 && { allow }),
    ...(deny.length > 0 && { deny }),
    ...(roles.length > 0 && { roles }),
    ...(random.once(4) && { trustSet: random.pick(sets) }),
    ...(random.once(4) && deny.length === 0 && { minimumAssurance: random.pick(assurances) }),
    ...(random.once(4) && { notBefore: moment(random.below(3)) }),
    ...(random.once(4) &&
      target.notAfter === undefined && { notAfter: moment(3 + random.below(3)) }),
    ...(where !== null && { where }),
  } as unknown as Grant<string, string>
}

interface RandomTarget {
  readonly identity?: string
  readonly fingerprint256?: string
  readonly anyIdentity?: true
  readonly notAfter?: string
}

function randomTarget(random: SeededRandom, kind: IdentityKind): RandomTarget {
  if (random.once(6)) return { anyIdentity: true }
  if (random.once(6)) {
    return { fingerprint256: fingerprint(random), notAfter: moment(3 + random.below(3)) }
  }
  // No two captures of one name.
  const [first = '', ...rest] = kinds[kind].pattern(random).split('{x}')
  const names = ['{x}', '{y}', '{z}']
  return { identity: rest.reduce((text, part, at) => `${text}${names[at]}${part}`, first) }
}

function randomScope(random: SeededRandom, pattern: string): object | null {
  const captures = pattern.match(/\{[a-z]\}/gu) ?? []
  const params = Object.fromEntries(captures.map((capture) => [`of-${capture.at(1)}`, capture]))
  if (random.once(6)) params[random.pick(parameters)] = random.pick(words)
  return Object.keys(params).length === 0 ? null : { params }
}

function moment(days: number): string {
  return new Date(start + days * day).toISOString()
}

function fingerprint(random: SeededRandom): string {
  return Array.from({ length: 32 }, () => random.pick(['AB', 'AB']))
    .join(':')
    .replace(/^AB/u, random.pick(['AB', 'CD']))
}

export type RandomRequest = Pick<ReferenceCase, 'identity' | 'now' | 'params'>

export function randomRequest(random: SeededRandom, kind: IdentityKind): RandomRequest {
  const identity: ClientIdentity = Object.freeze({
    kind,
    value: kinds[kind].identity(random),
    issuer: null,
    serialNumber: null,
    fingerprint256: random.once(8) ? null : fingerprint(random),
    notBefore: null,
    notAfter: null,
    assurance: random.pick(assurances),
    source: 'random',
    trustSet: random.once(5) ? null : random.pick(sets),
  })
  const border = random.pick([-1, 0, 0, 1])
  const now = random.once(20) ? Number.NaN : start + random.below(6) * day + border
  return { identity, now, params: random.once(10) ? undefined : randomParams(random, identity) }
}

/** Often what stands in the identity, so that captures hold. */
function randomParams(random: SeededRandom, { value }: ClientIdentity): Record<string, unknown> {
  const parts = value.split(/[/.@]+/u) as unknown as Words
  const from = [...parts, ...parts, ...words] as const
  const params: Record<string, unknown> = {}
  for (const name of ['of-x', 'of-y', ...parameters]) {
    if (random.once(8)) continue
    params[name] = random.once(16) ? [random.pick(words)] : random.pick(from)
  }
  return params
}

/** A requirement of any depth, without what the gate refuses. */
export function randomRequirement(random: SeededRandom): ReferenceRequirement {
  // Alone, since an anyOf that holds it is refused.
  if (random.once(50)) return { allOf: [{ authenticated: true }] }
  return randomPart(random, random.pick(sets))
}

function randomPart(random: SeededRandom, set: (typeof sets)[number]): ReferenceRequirement {
  if (random.once(4)) {
    const parts = Array.from({ length: 1 + random.below(3) }, () => randomPart(random, set))
    if (random.once(2)) return { anyOf: parts }
    return {
      allOf: random.once(4) ? [...parts, { authenticated: true }] : parts,
    }
  }
  if (random.once(6)) return { trustSet: set }
  if (random.once(6)) return { minimumAssurance: random.pick(assurances) }
  return { permission: random.pick(randomPermissions) }
}
