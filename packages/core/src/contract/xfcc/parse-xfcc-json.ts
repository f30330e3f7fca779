import { malformed } from '../contract-fault.js'
import { parseUniqueJson } from '../decode/unique-json.js'
import type { XfccElement } from './xfcc-element.js'
import { refuseManyElements } from './xfcc-options.js'

/**
 * The elements of the JSON form; null for one that says nothing, which is how Envoy writes that there
 * is no certificate.
 *
 * ```text
 * value = "[" [ object *( "," object ) ] "]"
 * ```
 *
 * `hash`, `cert`, `subject` and `issuer` are strings, `by`, `chain`, `uri` and `dns` arrays of strings,
 * and other members are passed over. PEM is not escaped.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED, also above 16 elements, or
 * ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS where a member is there twice
 */
export function parseXfccJson(header: string, text: string): readonly (XfccElement | null)[] {
  const objects = parseUniqueJson(header, text, refuseManyElements)
  if (!Array.isArray(objects)) throw malformed(header, shape)
  return objects.map((object: unknown) => elementOf(header, object))
}

const shape = 'must be an array of objects with members of the right type'

function elementOf(header: string, object: unknown): XfccElement | null {
  if (!isElement(object)) throw malformed(header, shape)
  if (Object.keys(object).length === 0) return null
  const { hash = null, cert = null, chain, uri = [], dns = [] } = object
  return {
    hash,
    certificate: cert,
    chain: chain?.join('') ?? null,
    uris: uri.filter(isName),
    dnsNames: dns.filter(isName),
  }
}

/** The members that are read; others may be anything. */
interface JsonElement {
  readonly hash?: string
  readonly cert?: string
  readonly chain?: readonly string[]
  readonly uri?: readonly string[]
  readonly dns?: readonly string[]
}

const textNames = ['hash', 'cert', 'subject', 'issuer']
const listNames = ['by', 'chain', 'uri', 'dns']

/** Ends at the first fault: a schema would list thousands, each with an object of its own. */
function isElement(object: unknown): object is JsonElement {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return false
  const members = new Map<string, unknown>(Object.entries(object))
  return (
    textNames.every((name) => !members.has(name) || isText(members.get(name))) &&
    listNames.every((name) => !members.has(name) || isList(members.get(name)))
  )
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

function isName(name: string): boolean {
  return name !== ''
}
