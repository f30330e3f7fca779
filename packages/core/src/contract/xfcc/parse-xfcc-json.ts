import * as z from 'zod'
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
  const { success, data } = objectSchema.safeParse(object)
  if (!success) throw malformed(header, shape)
  if (Object.keys(object as object).length === 0) return null
  const { hash = null, cert = null, chain, uri = [], dns = [] } = data
  return {
    hash,
    certificate: cert,
    chain: chain?.join('') ?? null,
    uris: uri.filter(isName),
    dnsNames: dns.filter(isName),
  }
}

const textSchema = z.string().exactOptional()
const listSchema = z.array(z.string()).exactOptional()

/** Other members are left out. */
const objectSchema = z.object({
  hash: textSchema,
  cert: textSchema,
  subject: textSchema,
  issuer: textSchema,
  by: listSchema,
  chain: listSchema,
  uri: listSchema,
  dns: listSchema,
})

function isName(name: string): boolean {
  return name !== ''
}
