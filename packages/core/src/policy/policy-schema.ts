import * as z from 'zod'
import { identityKinds } from '../client-identity.js'
import type { IdentityKind } from '../client-identity.js'
import { assurances } from '../evidence.js'
import { strictOptions } from '../options.js'
import type { GrantTerms, Role } from './grant.js'

/**
 * The schema of a policy's content, in TypeScript and in files. `readonly` freezes the copies that
 * parsing makes: nothing of the caller's is kept. Which form the vocabulary has is chosen before, since
 * a union could not say what is wrong with the one that was meant.
 */
export function policySchemaFor(options: unknown): z.ZodType<PolicyContent> {
  const { permissions } = Object(options) as { readonly permissions?: unknown }
  return Array.isArray(permissions) ? listedPolicy : describedPolicy
}

/** Every policy, for editors. */
export function anyPolicySchema(): z.ZodType {
  return policySchema(z.union([described, listed]))
}

/** The permissions that there are: with their descriptions, or as a list without. */
export type Vocabulary<Permission extends string = string> =
  readonly Permission[] | Readonly<Record<Permission, string>>

/** What a policy says, once every part of it has the right form. */
export interface PolicyContent {
  readonly identity: IdentityKind
  readonly permissions: Vocabulary
  readonly roles: Readonly<Record<string, Role>>
  readonly grants: readonly GrantContent[]
}

/** A grant of which it is not known yet whom it names. */
export interface GrantContent extends GrantTerms<string, string> {
  readonly identity?: string
  readonly fingerprint256?: string
  readonly anyIdentity?: true
}

const name = z
  .string()
  .regex(/^[!-~]+$/u, 'must be printable ASCII without spaces, such as "invoice:read"')

const names = z.array(name).min(1, 'must name at least one').readonly()

const listed = names

const described = recordOf(name, z.string().min(1, 'must say what the permission is for'))
  .refine((texts) => Object.keys(texts).length > 0, 'must name at least one')
  .readonly()

const text = z.string().min(1, 'must not be empty')

const moment = z.iso.datetime({
  offset: true,
  error: 'must be a moment with its offset, such as "2026-12-31T23:59:59Z"',
})

const role = strictOptions({
  allow: names.exactOptional(),
  roles: names.exactOptional(),
}).readonly()

const grant = strictOptions({
  identity: z.string().exactOptional(),
  fingerprint256: z
    .string()
    .regex(
      /^[0-9a-f]{2}(?:(?::[0-9a-f]{2}){31}|(?:[0-9a-f]{2}){31})$/iu,
      'must be a SHA-256 fingerprint: 64 hexadecimal digits, with colons or without',
    )
    .exactOptional(),
  anyIdentity: z.literal(true).exactOptional(),
  allow: names.exactOptional(),
  deny: names.exactOptional(),
  roles: names.exactOptional(),
  trustSet: text.exactOptional(),
  minimumAssurance: z.enum(assurances).exactOptional(),
  notBefore: moment.exactOptional(),
  notAfter: moment.exactOptional(),
  where: strictOptions({
    params: recordOf(text, text)
      .refine((params) => Object.keys(params).length > 0, 'must name at least one parameter')
      .readonly(),
  })
    .readonly()
    .exactOptional(),
}).readonly()

/** zod leaves out a member called `__proto__` in silence, and with it a condition or a role. */
function recordOf<Value extends z.ZodType>(
  keys: z.ZodString,
  values: Value,
): z.ZodType<Record<string, z.output<Value>>> {
  return z.preprocess(
    (value, context) => {
      if (Object.hasOwn(Object(value), '__proto__')) {
        const message = 'must have another name'
        context.issues.push({ code: 'custom', path: ['__proto__'], message, input: value })
      }
      return value
    },
    z.record(keys, values),
  )
}

function policySchema(vocabulary: z.ZodType<Vocabulary>): z.ZodType<PolicyContent> {
  return strictOptions({
    identity: z.enum(identityKinds),
    permissions: vocabulary,
    roles: recordOf(name, role).readonly().default(Object.freeze({})),
    grants: z
      .array(grant)
      .min(1, 'must hold at least one grant')
      .readonly()
      .default(Object.freeze([])),
  })
}

const listedPolicy = policySchema(listed)
const describedPolicy = policySchema(described)
