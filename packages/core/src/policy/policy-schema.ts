import * as z from 'zod'
import { identityKinds } from '../client-identity.js'
import type { IdentityKind } from '../client-identity.js'
import { assurances } from '../assurance.js'
import { lazily } from '../lazily.js'
import { strictOptions } from '../options.js'
import type { GrantTerms, Role } from './grant/grant.js'

/**
 * The schema of a policy's content, in TypeScript and in files. `readonly` freezes the copies that
 * parsing makes: nothing of the caller's is kept. Which form the vocabulary has is chosen before, since
 * a union could not say what is wrong with the one that was meant.
 */
export function policySchemaFor(options: unknown): z.ZodType<PolicyContent> {
  const { permissions } = Object(options) as { readonly permissions?: unknown }
  return Array.isArray(permissions) ? policyWithList() : policyWithDescriptions()
}

/** Every policy, for a description of the form. */
export function anyPolicySchema(): z.ZodObject {
  return policySchema(z.union([described(), listed()]))
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

const name = lazily(() =>
  z.string().regex(/^[!-~]+$/u, 'must be printable ASCII without spaces, such as "invoice:read"'),
)

const names = lazily(() =>
  z.array(name()).min(1, 'must name at least one').meta({ uniqueItems: true }).readonly(),
)

const listed = names

const described = lazily(() =>
  z
    .record(name(), z.string().min(1, 'must say what the permission is for'))
    .refine((texts) => Object.keys(texts).length > 0, 'must name at least one')
    .meta({ minProperties: 1 })
    .readonly(),
)

const text = lazily(() => z.string().min(1, 'must not be empty'))

const moment = lazily(() =>
  z.iso.datetime({
    offset: true,
    error: 'must be a moment with its offset, such as "2026-12-31T23:59:59Z"',
  }),
)

const role = lazily(() =>
  strictOptions({
    allow: names().exactOptional().describe('The permissions that the role gives.'),
    roles: names().exactOptional().describe('Roles whose permissions it gives too.'),
  })
    .meta({ minProperties: 1 })
    .readonly(),
)

const scope = lazily(() =>
  strictOptions({
    params: z
      .record(text(), text())
      .refine((params) => Object.keys(params).length > 0, 'must name at least one parameter')
      .meta({ minProperties: 1 })
      .readonly()
      .describe(
        'By the name of a parameter of the route, what it must equal: {name} for what the pattern captured, or a text.',
      ),
  }).readonly(),
)

const grant = lazily(() =>
  strictOptions({
    identity: z
      .string()
      .exactOptional()
      .describe('One identity, or a pattern, of the kind that the policy states.'),
    fingerprint256: z
      .string()
      // Without a flag for the case of letters, which a JSON Schema cannot have.
      .regex(
        /^[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){31}|(?:[0-9A-Fa-f]{2}){31})$/u,
        'must be a SHA-256 fingerprint: 64 hexadecimal digits, with colons or without',
      )
      .exactOptional()
      .describe('One certificate, by its SHA-256; such a grant must have a notAfter.'),
    anyIdentity: z.literal(true).exactOptional().describe('Every identity that the gate admits.'),
    allow: names().exactOptional().describe('The permissions that the grant gives.'),
    deny: names()
      .exactOptional()
      .describe('The permissions that it takes away, whatever any other grant gives.'),
    roles: names().exactOptional().describe('Roles of the policy, whose permissions it gives.'),
    trustSet: text()
      .exactOptional()
      .describe('The client CA set that must have admitted the peer.'),
    minimumAssurance: z
      .enum(assurances)
      .exactOptional()
      .describe('The assurance with which the identity must be known; not together with deny.'),
    notBefore: moment().exactOptional().describe('The first moment of the grant (RFC 3339).'),
    notAfter: moment().exactOptional().describe('The last moment of the grant (RFC 3339).'),
    where: scope().exactOptional().describe('What the request must be for.'),
  })
    .meta(grantRules())
    .readonly(),
)

/** For editors alone: what compiles grants says the same, and where. */
function grantRules(): Record<string, unknown> {
  return {
    oneOf: ['identity', 'fingerprint256', 'anyIdentity'].map(needKey),
    anyOf: ['allow', 'deny', 'roles'].map(needKey),
    dependentRequired: { fingerprint256: ['notAfter'] },
  }
}

function needKey(key: string): object {
  return { required: [key] }
}

function policySchema<Words extends z.ZodType<Vocabulary>>(vocabulary: Words) {
  return strictOptions({
    identity: z.enum(identityKinds).describe('The kind of identity that the grants name.'),
    permissions: vocabulary.describe(
      'Every permission that there is: each with what it is for, or as a list without.',
    ),
    roles: z
      .record(name(), role())
      .readonly()
      .default(Object.freeze({}))
      .describe('Named bundles of permissions.'),
    grants: z
      .array(grant())
      .min(1, 'must hold at least one grant')
      .readonly()
      .default(Object.freeze([]))
      .describe('Who may do what, and who may not.'),
  })
}

const policyWithList = lazily(() => policySchema(listed()))
const policyWithDescriptions = lazily(() => policySchema(described()))
