import type { ClientIdentity, IdentityKind } from '@peergate/core'
import type { SeededRandom } from './seeded-random.js'

/** What may be written as a policy, in TypeScript or in a file. Some of them are none. */
export interface WrittenPolicy {
  readonly identity: IdentityKind
  readonly permissions: Readonly<Record<string, string>> | readonly string[]
  readonly roles?: object
  readonly grants: readonly object[]
}

export function randomPolicy(random: SeededRandom): WrittenPolicy {
  const identity = random.pick(kinds)
  const roles = random.once(2) ? randomRoles(random) : undefined
  return {
    identity,
    permissions: random.once(2) ? [...permissions] : descriptions,
    ...(roles !== undefined && { roles }),
    grants: some(1 + random.below(4), () => randomGrant(random, identity, roles ?? {})),
  }
}

export function randomIdentity(random: SeededRandom, kind: IdentityKind): ClientIdentity {
  return {
    kind,
    value: random.pick(values[kind as Kind]),
    source: 'fixed',
    assurance: random.pick(['tls', 'proxy-verified', 'proxy-asserted']),
    trustSet: random.pick(['payments', 'batch', null]),
    fingerprint256: random.pick(fingerprints).toUpperCase(),
  } as ClientIdentity
}

/** The parameters of its route. */
export function randomRequest(random: SeededRandom): unknown {
  return random.pick([undefined, {}, { tenant: 'a' }, { tenant: 'yes', region: '1' }])
}

type Kind = 'commonName' | 'dns' | 'email' | 'ip' | 'spiffe'

const kinds = ['spiffe', 'dns', 'ip', 'email', 'commonName'] as const

const permissions = ['invoice:read', 'invoice:write', 'yes', '1e3', '#', '*', '<<!', '"'] as const

const descriptions = {
  'invoice:read': 'Read: all of them',
  'invoice:write': '- or # write',
  yes: 'null',
  '1e3': '{tenant}',
  '#': ' spaces ',
  '*': 'two\nlines\n',
  '<<!': "it's",
  '"': '\u{1f512}\t',
}

const values: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  spiffe: ['spiffe://prod.example/ns/a/sa/b', 'spiffe://prod.example/ns/b/sa/b'],
  dns: ['a.payments.internal', 'b.payments.internal', 'a.b.payments.internal'],
  ip: ['10.4.7.1', '10.5.0.1', '2001:db8::1'],
  email: ['a@payments.example', 'b@payments.example'],
  commonName: ['Payments Worker', 'no', '0x10'],
}

const patterns: Readonly<Record<Kind, readonly [string, ...string[]]>> = {
  spiffe: [...values.spiffe, 'spiffe://prod.example/ns/*/sa/b', 'spiffe://prod.example/**'],
  dns: [...values.dns, '*.payments.internal', '**.payments.internal'],
  ip: [...values.ip, '10.4.0.0/16', '2001:db8::/32'],
  email: [...values.email, '*@payments.example'],
  commonName: [...values.commonName, 'a', 'b', '*'],
}

const fingerprints = ['ab', '0c'].map((byte) =>
  Array.from({ length: 32 }, () => byte).join(':'),
) as [string, string]

function randomRoles(random: SeededRandom): Record<string, object> {
  const roles = ['reader', 'constructor', 'true']
  return Object.fromEntries(
    roles.map((role, index) => [
      role,
      {
        allow: randomPermissions(random),
        ...(random.once(3) && { roles: [random.once(30) ? role : (roles[index + 1] ?? 'reader')] }),
      },
    ]),
  )
}

function randomGrant(random: SeededRandom, kind: Kind, roles: object): object {
  const named = Object.keys(roles)
  const isDenial = random.once(3)
  return {
    ...randomTarget(random, kind),
    ...(isDenial ? { deny: randomPermissions(random) } : { allow: randomPermissions(random) }),
    ...(named.length > 0 && random.once(2) && { roles: [random.pick(named as [string])] }),
    ...(random.once(3) && { trustSet: random.pick(['payments', 'batch']) }),
    ...(!isDenial &&
      random.once(3) && { minimumAssurance: random.pick(['tls', 'proxy-verified']) }),
    ...(random.once(4) && {
      notBefore: random.once(20) ? '2026-02-30T00:00:00Z' : '2026-02-01T00:00:00Z',
    }),
    ...(random.once(4) && {
      where: { params: { tenant: random.once(30) ? '{tenant}' : random.pick(['a', 'yes']) } },
    }),
  }
}

function randomTarget(random: SeededRandom, kind: Kind): object {
  if (random.once(5)) return { anyIdentity: true }
  if (random.once(5)) {
    return { fingerprint256: random.pick(fingerprints), notAfter: '2026-09-01T00:00:00+02:00' }
  }
  return { identity: random.pick(patterns[kind]) }
}

function randomPermissions(random: SeededRandom): readonly string[] {
  if (random.once(40)) return []
  const chosen = permissions.slice(1).filter(() => random.once(3))
  return [random.once(40) ? 'invoice:raed' : 'invoice:read', ...chosen]
}

function some<Item>(length: number, make: () => Item): readonly Item[] {
  return Array.from({ length }, make)
}
