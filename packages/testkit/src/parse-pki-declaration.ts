import { parseDistinguishedName } from './distinguished-name.js'
import {
  addresses,
  checkFields,
  distance,
  fault,
  flag,
  object,
  oneOf,
  optional,
  sentence,
  text,
  texts,
} from './field-rules.js'
import type { Rule } from './field-rules.js'
import type {
  AuthorityDeclaration,
  KeyAlgorithm,
  LeafDeclaration,
  LeafRequest,
  LeafUsage,
  PkiDeclaration,
  ValidityDeclaration,
} from './pki-declaration.js'
import { unknownName } from './unknown-name.js'
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

/** Distances from the moment of minting, in milliseconds. */
export interface ParsedValidity {
  readonly from: number
  readonly to: number
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of the declaration. */
export function parsePkiDeclaration(declaration: PkiDeclaration): ParsedPki {
  const place = 'mintPki: declaration'
  checkFields(place, declaration, { authorities: object, leaves: object })
  const authorities = parseEach(`${place}.authorities`, declaration.authorities, parseAuthority)
  checkIssuers(`${place}.authorities`, authorities)
  const leaves = parseEach(`${place}.leaves`, declaration.leaves, (leafPlace, role, leaf) => {
    if (authorities.has(role)) throw fault(`${leafPlace} is already the role of an authority`)
    checkFields(leafPlace, leaf, { ...leafFields, purpose: sentence })
    return parseLeaf(leafPlace, leaf, authorities)
  })
  return { authorities, leaves }
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of the leaf at `place`. */
export function parseLeaf(
  place: string,
  leaf: LeafRequest,
  authorities: ReadonlyMap<string, unknown>,
): ParsedLeaf {
  checkFields(place, leaf, leafFields)
  checkAuthority(`${place}.issuer`, leaf.issuer, authorities)
  const { issuer, usage, dns = [], ip = [], uri = [], email = [], upn = [] } = leaf
  return {
    issuer,
    usage,
    dns,
    ip,
    uri,
    email,
    upn,
    subject: parseSubject(`${place}.subject`, leaf.subject),
    validity: parseValidity(`${place}.validity`, leaf.validity ?? leafValidity),
    keys: leaf.keys ?? 'ecdsa-p256',
    chain: leaf.chain ?? true,
    ca: leaf.ca ?? false,
  }
}

const authorityValidity: ValidityDeclaration = { from: '-1h', to: '+90d' }
const leafValidity: ValidityDeclaration = { from: '-1h', to: '+30d' }

function parseAuthority(
  place: string,
  role: string,
  authority: AuthorityDeclaration,
): ParsedAuthority {
  checkFields(place, authority, authorityFields)
  return {
    subject: parseSubject(`${place}.subject`, authority.subject),
    issuer: authority.issuer ?? role,
    keyIdentifierOf: authority.keyIdentifierOf ?? role,
    validity: parseValidity(`${place}.validity`, authority.validity ?? authorityValidity),
    keys: authority.keys ?? 'ecdsa-p256',
  }
}

function parseEach<Declared, Parsed>(
  place: string,
  declared: Readonly<Record<string, Declared>>,
  parse: (place: string, role: string, declaration: Declared) => Parsed,
): Map<string, Parsed> {
  return new Map(
    Object.entries(declared).map(([role, declaration]) => {
      // A role becomes the name of a file, and `<role>-key.pem` belongs to the leaf `<role>`.
      if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?<!-key)$/.test(role)) {
        throw fault(
          `${place}: role ${JSON.stringify(role)} must be words in lower case joined by hyphens, the last not "key"`,
        )
      }
      return [role, parse(`${place}.${role}`, role, declaration)]
    }),
  )
}

function checkIssuers(place: string, authorities: ReadonlyMap<string, ParsedAuthority>): void {
  for (const [role, { issuer, keyIdentifierOf }] of authorities) {
    checkAuthority(`${place}.${role}.issuer`, issuer, authorities)
    checkAuthority(`${place}.${role}.keyIdentifierOf`, keyIdentifierOf, authorities)
  }
  for (const role of authorities.keys()) {
    if (!leadsToRoot(role, authorities, authorities.size)) {
      throw fault(`${place}.${role}.issuer leads in a circle`)
    }
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

function checkAuthority(place: string, role: string, known: ReadonlyMap<string, unknown>): void {
  if (!known.has(role)) throw fault(unknownName(`${place}: authority`, role, known.keys()))
}

function parseSubject(place: string, subject: string): Name {
  const name = parseDistinguishedName(subject)
  if (name === null) {
    throw fault(`${place} must be a distinguished name such as "CN=Payments Client CA,O=Example"`)
  }
  return name
}

function parseValidity(place: string, validity: ValidityDeclaration): ParsedValidity {
  checkFields(place, validity, { from: distance, to: distance })
  const [from, to] = [milliseconds(validity.from), milliseconds(validity.to)]
  if (from >= to) throw fault(`${place}.from must be before to`)
  return { from, to }
}

function milliseconds(offset: string): number {
  return Number(offset.slice(0, -1)) * Number(units.get(offset.slice(-1)))
}

const units: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

const keys: Rule = optional(
  oneOf<KeyAlgorithm>({
    'ecdsa-p256': true,
    'ecdsa-p384': true,
    'rsa-1024': true,
    'rsa-2048': true,
  }),
)

const authorityFields: Readonly<Record<keyof AuthorityDeclaration, Rule>> = {
  purpose: sentence,
  subject: text,
  issuer: optional(text),
  keyIdentifierOf: optional(text),
  validity: optional(object),
  keys,
}

/** Of a request. A declaration has to state the purpose as well. */
const leafFields: Readonly<Record<keyof LeafDeclaration, Rule>> = {
  purpose: optional(sentence),
  issuer: text,
  subject: text,
  usage: oneOf<LeafUsage>({ server: true, client: true, both: true, none: true }),
  dns: optional(texts),
  ip: optional(addresses),
  uri: optional(texts),
  email: optional(texts),
  upn: optional(texts),
  validity: optional(object),
  keys,
  chain: optional(flag),
  ca: optional(flag),
}
