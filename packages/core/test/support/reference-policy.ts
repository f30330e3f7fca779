import type { Assurance, ClientIdentity, Grant, IdentityKind, Role } from '@peergate/core'

/** A policy as it is written, and what a request is judged by. */
export interface ReferenceCase {
  readonly kind: IdentityKind
  readonly roles: Readonly<Record<string, Role>>
  readonly grants: readonly Grant<string, string>[]
  readonly identity: ClientIdentity
  readonly params: Readonly<Record<string, unknown>> | undefined
  readonly now: number
}

/** A requirement as a tree, since those of the gate cannot be read. */
export type ReferenceRequirement =
  | { readonly permission: string }
  | { readonly trustSet: string }
  | { readonly minimumAssurance: Assurance }
  | { readonly authenticated: true }
  | { readonly allOf: readonly ReferenceRequirement[] }
  | { readonly anyOf: readonly ReferenceRequirement[] }

export interface ReferenceAnswer {
  readonly allowed: boolean
  readonly reason: string
  /** The position of the grant that gave the answer. */
  readonly grant: number | null
}

/** The rules of the guide, read one after the other, in as slow a way as they are written. */
export function judgeByReading(
  requirement: ReferenceRequirement,
  subject: ReferenceCase,
): ReferenceAnswer {
  const { trustSet, assurance } = subject.identity
  if ('permission' in requirement) return judgePermission(requirement.permission, subject)
  if ('authenticated' in requirement) return answer(true, 'authenticated')
  if ('trustSet' in requirement) {
    const isMet = trustSet === requirement.trustSet
    return answer(isMet, isMet ? 'trust-set' : 'trust-set-mismatch')
  }
  if ('minimumAssurance' in requirement) {
    const isMet = strength[assurance] >= strength[requirement.minimumAssurance]
    return answer(isMet, isMet ? 'assurance' : 'assurance-too-low')
  }
  const isAll = 'allOf' in requirement
  const parts = isAll ? requirement.allOf : requirement.anyOf
  const answers = parts.map((part) => judgeByReading(part, subject))
  const [first = answer(false, 'no parts')] = answers
  const deciding = answers.find(({ allowed }) => allowed !== isAll)
  if (deciding !== undefined) return deciding
  if (!isAll) return first
  return (
    answers.find(({ reason }) => reason === 'granted') ??
    answers.find(({ reason }) => reason !== 'authenticated') ??
    first
  )
}

const strength = { tls: 3, 'proxy-verified': 2, 'proxy-asserted': 1 } as const

function answer(allowed: boolean, reason: string, grant: number | null = null): ReferenceAnswer {
  return { allowed, reason, grant }
}

function judgePermission(permission: string, subject: ReferenceCase): ReferenceAnswer {
  const { grants, roles } = subject
  const denying = grants.findIndex(
    (grant) => grant.deny?.includes(permission) === true && tell(grant, subject) !== false,
  )
  if (denying !== -1) return answer(false, 'denied', denying)
  const allowing = grants.findIndex(
    (grant) =>
      [grant, ...(grant.roles ?? []).map((name) => roles[name])].some(
        (holder) => holder !== undefined && gives(holder, permission, roles),
      ) && tell(grant, subject) === true,
  )
  return allowing === -1 ? answer(false, 'not-granted') : answer(true, 'granted', allowing)
}

function gives(holder: Role, permission: string, roles: ReferenceCase['roles']): boolean {
  return (
    holder.allow?.includes(permission) === true ||
    (holder.roles ?? []).some((name) => gives(roles[name] as Role, permission, roles))
  )
}

/** Whether a grant is for this identity and request; null where it cannot be told. */
function tell(grant: Grant<string, string>, subject: ReferenceCase): boolean | null {
  const { identity, now, params } = subject
  const { trustSet, minimumAssurance, notBefore, notAfter, where } = grant
  const { captured, named } = readName(grant, subject)
  const facts: (boolean | null)[] = [named]
  if (trustSet !== undefined) {
    facts.push(identity.trustSet === null ? null : identity.trustSet === trustSet)
  }
  if (minimumAssurance !== undefined) {
    facts.push(strength[identity.assurance] >= strength[minimumAssurance])
  }
  const isTimed = notBefore !== undefined || notAfter !== undefined
  if (isTimed) facts.push(Number.isNaN(now) ? null : isWithin(now, notBefore, notAfter))
  for (const [name, wanted] of Object.entries(where?.params ?? {})) {
    const expected = wanted.startsWith('{') ? captured[wanted.slice(1, -1)] : wanted
    const found = params !== undefined && Object.hasOwn(params, name) ? params[name] : undefined
    facts.push(typeof found === 'string' ? found === expected : null)
  }
  if (facts.includes(false)) return false
  return facts.includes(null) ? null : true
}

function isWithin(now: number, notBefore?: string, notAfter?: string): boolean {
  const isBegun = notBefore === undefined || new Date(now) >= new Date(notBefore)
  return isBegun && (notAfter === undefined || new Date(now) <= new Date(notAfter))
}

interface NameFacts {
  readonly named: boolean | null
  readonly captured: Readonly<Record<string, string>>
}

function readName(grant: Grant<string, string>, { kind, identity }: ReferenceCase): NameFacts {
  if (grant.anyIdentity) return { named: true, captured: {} }
  if (grant.fingerprint256 !== undefined) {
    const found = identity.fingerprint256?.toLowerCase().replaceAll(':', '') ?? null
    const wanted = grant.fingerprint256.toLowerCase().replaceAll(':', '')
    return { named: found === null ? null : found === wanted, captured: {} }
  }
  const pattern = grant.identity
  if (kind === 'ip') return { named: isInNetwork(pattern, identity.value), captured: {} }
  const match = patternExpression(kind, pattern).exec(identity.value)
  return { named: match !== null, captured: match?.groups ?? {} }
}

const units: Readonly<Record<string, string>> = {
  spiffe: '[^/]',
  uri: '[^/?#]',
  dns: '[^.]',
  email: '[^@]',
  upn: '[^@]',
}

/** A pattern as a regular expression, which the code under test makes none of. */
function patternExpression(kind: IdentityKind, pattern: string): RegExp {
  const unit = units[kind]
  if (unit === undefined) return new RegExp(`^${escape(pattern)}$`, 'u')
  const any = unit.replace(/[/.]/u, '')
  const source = pattern
    .split(/(?<wildcard>\*\*|\*|\{[a-z]+\})/u)
    .map((part) => {
      if (part === '**') return `${any}+`
      if (part === '*') return `${unit}+`
      return /^\{.*\}$/u.test(part) ? `(?<${part.slice(1, -1)}>${unit}+)` : escape(part)
    })
    .join('')
  return new RegExp(`^${source}$`, 'u')
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`)
}

/** Of IPv4 only, by the binary digits. */
function isInNetwork(pattern: string, address: string): boolean {
  const [base = '', length = '32'] = pattern.split('/')
  return binary(address).startsWith(binary(base).slice(0, Number(length)))
}

function binary(address: string): string {
  return address
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('')
}
