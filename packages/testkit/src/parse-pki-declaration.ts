import { isIP } from 'node:net'
import { optionError, parseOptions, strictOptions, unknownName } from '@peergate/core/options'
import * as z from 'zod'
import { parseDistinguishedName } from './distinguished-name.js'
import type {
  KeyAlgorithm,
  LeafRequest,
  PkiDeclaration,
  RevocationListRequest,
} from './pki-declaration.js'
import type { Name } from './x509.js'

/** A declaration that has been checked, with every default filled in. */
export interface ParsedPki {
  readonly authorities: ReadonlyMap<string, ParsedAuthority>
  readonly leaves: ReadonlyMap<string, ParsedLeaf>
}

export interface ParsedAuthority {
  readonly subject: Name
  /** The role that signs this one; a root's own. */
  readonly issuer: string
  /** The role whose key identifier this one carries; its own unless declared otherwise. */
  readonly keyIdentifierOf: string
  readonly validity: ParsedValidity
  readonly keys: KeyAlgorithm
}

export interface ParsedLeaf extends Required<Omit<LeafRequest, 'subject' | 'validity'>> {
  readonly subject: Name
  readonly validity: ParsedValidity
}

export interface ParsedRevocationList {
  readonly issuer: string
  /** In upper-case hexadecimal without leading zeros. */
  readonly serialNumbers: ReadonlySet<string>
  /** Distances from the moment of minting, in milliseconds. */
  readonly thisUpdate: number
  readonly nextUpdate: number
}

/** Distances from the moment of minting, in milliseconds. */
export interface ParsedValidity {
  readonly from: number
  readonly to: number
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the faults of the declaration. */
export function parsePkiDeclaration(declaration: PkiDeclaration): ParsedPki {
  const parsed = parseOptions('mintPki', pkiSchema, declaration)
  const authorities = new Map(
    Object.entries(parsed.authorities).map(
      ([role, { issuer = role, keyIdentifierOf = role, ...authority }]) => [
        role,
        { ...authority, issuer, keyIdentifierOf },
      ],
    ),
  )
  const leaves = new Map(Object.entries(parsed.leaves))
  refuseStrayIssuers(authorities)
  for (const [role, { issuer }] of leaves) {
    const place = `leaves.${role}`
    if (authorities.has(role)) throw fault(place, 'is already the role of an authority')
    refuseUnknownAuthority('mintPki', `${place}.issuer`, issuer, authorities)
  }
  return { authorities, leaves }
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the faults of the leaf. */
export function parseLeaf(
  owner: string,
  leaf: LeafRequest,
  authorities: ReadonlyMap<string, unknown>,
): ParsedLeaf {
  const parsed = parseOptions(owner, leafRequestSchema, leaf)
  refuseUnknownAuthority(owner, 'issuer', parsed.issuer, authorities)
  return parsed
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the faults of the list. */
export function parseRevocationListRequest(
  owner: string,
  list: RevocationListRequest,
  authorities: ReadonlyMap<string, unknown>,
): ParsedRevocationList {
  const parsed = parseOptions(owner, revocationListSchema, list)
  refuseUnknownAuthority(owner, 'issuer', parsed.issuer, authorities)
  return { ...parsed, serialNumbers: new Set(parsed.serialNumbers) }
}

function refuseStrayIssuers(authorities: ReadonlyMap<string, ParsedAuthority>): void {
  for (const [role, { issuer, keyIdentifierOf }] of authorities) {
    const place = `authorities.${role}`
    refuseUnknownAuthority('mintPki', `${place}.issuer`, issuer, authorities)
    refuseUnknownAuthority('mintPki', `${place}.keyIdentifierOf`, keyIdentifierOf, authorities)
  }
  for (const role of authorities.keys()) {
    if (leadsToRoot(role, authorities, authorities.size)) continue
    throw fault(`authorities.${role}.issuer`, 'leads in a circle')
  }
}

function leadsToRoot(
  role: string,
  authorities: ReadonlyMap<string, ParsedAuthority>,
  steps: number,
): boolean {
  const issuer = authorities.get(role)?.issuer
  if (issuer === undefined || steps === 0) return false
  return issuer === role || leadsToRoot(issuer, authorities, steps - 1)
}

function refuseUnknownAuthority(
  owner: string,
  place: string,
  role: string,
  known: ReadonlyMap<string, unknown>,
): void {
  if (known.has(role)) return
  throw optionError(owner, `option "${place}": ${unknownName('authority', role, known.keys())}`)
}

function fault(place: string, words: string): Error {
  return optionError('mintPki', `option "${place}" ${words}`)
}

/** A role becomes the name of a file, and `<role>-key.pem` belongs to the leaf `<role>`. */
const role = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?<!-key)$/u,
    'must be named by words in lower case joined by hyphens, the last not "key"',
  )

const sentence = z.string().regex(/\S/u, 'must be a sentence')

const subject = z.string().transform((text, context) => {
  const name = parseDistinguishedName(text)
  if (name !== null) return name
  context.addIssue('must be a distinguished name such as "CN=Payments Client CA,O=Example"')
  return z.NEVER
})

const keys = z.enum(['ecdsa-p256', 'ecdsa-p384', 'rsa-1024', 'rsa-2048']).default('ecdsa-p256')

const distance = z
  .string()
  .regex(/^[+-]\d{1,6}[smhd]$/u, {
    error: 'must be a signed number of s, m, h or d such as "+30d"',
    abort: true,
  })
  .transform(milliseconds)

const validity = strictOptions({ from: distance, to: distance }).refine(
  ({ from, to }) => from < to,
  { path: ['from'], error: 'must be before to' },
)

const address = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address')

const leafRequest = {
  issuer: z.string(),
  subject,
  usage: z.enum(['server', 'client', 'both', 'none']),
  dns: z.array(z.string()).default([]),
  ip: z.array(address).default([]),
  uri: z.array(z.string()).default([]),
  email: z.array(z.string()).default([]),
  upn: z.array(z.string()).default([]),
  validity: validity.prefault({ from: '-1h', to: '+30d' }),
  keys,
  chain: z.boolean().default(true),
  ca: z.boolean().default(false),
}

/** The declaration of a leaf is a request too, and its purpose is then for people only. */
const leafRequestSchema = strictOptions({ ...leafRequest, purpose: sentence.optional() })

const serialNumber = z
  .string()
  .regex(/^[0-9a-f]{1,40}$/iu, 'must be 1 to 40 hexadecimal digits')
  .transform((digits) => digits.toUpperCase().replace(/^0+(?=.)/u, ''))

const revocationListSchema = strictOptions({
  issuer: z.string(),
  serialNumbers: z.array(serialNumber),
  thisUpdate: distance.prefault('+0s'),
  nextUpdate: distance.prefault('+7d'),
}).refine(({ thisUpdate, nextUpdate }) => thisUpdate < nextUpdate, {
  path: ['thisUpdate'],
  error: 'must be before nextUpdate',
})

const pkiSchema = strictOptions({
  authorities: z.record(
    role,
    strictOptions({
      purpose: sentence,
      subject,
      issuer: z.string().optional(),
      keyIdentifierOf: z.string().optional(),
      validity: validity.prefault({ from: '-1h', to: '+90d' }),
      keys,
    }),
  ),
  leaves: z.record(role, strictOptions({ ...leafRequest, purpose: sentence })),
})

function milliseconds(offset: string): number {
  return Number(offset.slice(0, -1)) * Number(units.get(offset.slice(-1)))
}

const units: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])
