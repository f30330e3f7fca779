import { isIP } from 'node:net'
import { PeerGateError } from '@peergate/core'
import type { Name } from '@peculiar/x509'
import { parseDistinguishedName } from './distinguished-name.js'
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
  leaf: LeafRequest | LeafDeclaration,
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
    let reached = role
    for (let step = 0; step < authorities.size; step += 1) {
      reached = authorities.get(reached)?.issuer ?? reached
    }
    if (authorities.get(reached)?.issuer !== reached) {
      throw fault(`${place}.${role}.issuer leads in a circle`)
    }
  }
}

function checkAuthority(place: string, role: string, known: ReadonlyMap<string, unknown>): void {
  if (!known.has(role)) throw fault(unknownName(`${place}: authority`, role, known.keys()))
}

function parseSubject(place: string, text: string): Name {
  const name = parseDistinguishedName(text)
  if (name === null) {
    throw fault(`${place} must be a distinguished name such as "CN=Payments Client CA,O=Example"`)
  }
  return name
}

function parseValidity(place: string, validity: ValidityDeclaration): ParsedValidity {
  checkFields(place, validity, { from: distance, to: distance })
  const [from, to] = [milliseconds(validity.from), milliseconds(validity.to)]
  if (from >= to) throw fault(`${place}.from must be before ${place}.to`)
  return { from, to }
}

function milliseconds(text: string): number {
  const units = new Map([
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
    ['d', 86_400_000],
  ])
  return Number(text.slice(0, -1)) * (units.get(text.slice(-1)) ?? NaN)
}

/** What a field must be, in words and as a test. */
interface Rule {
  readonly must: string
  readonly fits: (value: unknown) => boolean
}

function checkFields(place: string, value: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (!isObject(value)) throw fault(`${place} must be ${object.must}`)
  const stray = Object.keys(value).find((name) => !Object.hasOwn(rules, name))
  if (stray !== undefined) throw fault(unknownName(`${place}: field`, stray, Object.keys(rules)))
  for (const [name, { must, fits }] of Object.entries(rules)) {
    if (!fits(value[name])) throw fault(`${place}.${name} must be ${must}`)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const object: Rule = { must: 'an object', fits: isObject }
const text: Rule = { must: 'text', fits: (value) => typeof value === 'string' }
const sentence: Rule = {
  must: 'a sentence',
  fits: (value) => typeof value === 'string' && value.trim() !== '',
}
const flag: Rule = { must: 'true or false', fits: (value) => typeof value === 'boolean' }
const texts: Rule = { must: 'a list of texts', fits: (value) => isListOf(value, text.fits) }
const addresses: Rule = {
  must: 'a list of IP addresses',
  fits: (value) => isListOf(value, (item) => typeof item === 'string' && isIP(item) !== 0),
}
const distance: Rule = {
  must: 'a signed number of s, m, h or d such as "+30d"',
  fits: (value) => typeof value === 'string' && /^[+-]\d{1,6}[smhd]$/.test(value),
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits)
}

function oneOf<Word extends string>(words: Readonly<Record<Word, true>>): Rule {
  const known = Object.keys(words)
  return {
    must: known.map((word) => JSON.stringify(word)).join(' or '),
    fits: (value) => known.some((word) => word === value),
  }
}

function optional({ must, fits }: Rule): Rule {
  return { must, fits: (value) => value === undefined || fits(value) }
}

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

function fault(detail: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_OPTION_INVALID', detail)
}
