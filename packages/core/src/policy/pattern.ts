import type { IdentityKind } from '../client-identity.js'
import { PeerGateError } from '../errors.js'
import { parseCommonName } from '../identity-value/common-name.js'
import { parseMailbox } from '../identity-value/mailbox.js'
import { quote } from '../identity-value/quote.js'
import { parseSpiffeId } from '../identity-value/spiffe-id.js'
import { parseUri } from '../identity-value/uri.js'
import { parseUserPrincipalName } from '../identity-value/user-principal-name.js'
import { parseAccountPattern } from './pattern/account-pattern.js'
import { parseDnsNamePattern } from './pattern/dns-name-pattern.js'
import { parseIpAddressPattern } from './pattern/ip-address-pattern.js'
import { parsePathPattern } from './pattern/path-pattern.js'
import { createPatternIndex } from './pattern/pattern-index.js'
import type { IndexedPattern, PatternIndex } from './pattern/pattern-index.js'
import type { IdentityRange, PatternSyntax } from './pattern/pattern-syntax.js'
import { splitUnits } from './pattern/split-units.js'
import { captureNames } from './pattern/wildcard.js'

/** Which identities a grant is for. */
export interface IdentityPattern {
  readonly kind: IdentityKind
  /** The pattern in canonical form, so that two spellings of one pattern are one string. */
  readonly text: string
  /** The one identity that the pattern matches; null where it stands for more than one. */
  readonly exact: string | null
  /** How the pattern stands for more than one identity; null where it does not. */
  readonly range: IdentityRange | null
  /** The names of what the pattern captures, in their order in `text`. */
  readonly captures: readonly string[]
  /**
   * Whether the pattern stands for the identity, given in the canonical form of the pattern's kind;
   * in time linear in its length. The identity is text only: nothing in it acts as a wildcard. To
   * look an identity up among many patterns, make an index of them.
   */
  readonly matches: (identity: string) => boolean
  /**
   * What the pattern captures of an identity: text by name, as the canonical identity has it, in an
   * object without a prototype; null where the pattern does not stand for the identity.
   */
  readonly capture: (identity: string) => Readonly<Record<string, string>> | null
}

/**
 * The pattern that `text` writes in the grammar of its kind:
 *
 * - `spiffe`, `uri`: `*` is one segment of the path, a trailing `**` one or more;
 * - `dns`: `*` is one label, a leading `**` one or more;
 * - `email`, `upn`: `*@domain` is everyone at exactly this domain;
 * - `ip`: `address/length` is a network;
 * - `commonName`: every character is literal.
 *
 * Wherever `*` may stand, `{name}` may: it is a `*` that captures what it stands for. A name is a
 * letter, then letters, digits and `_`. All else in a pattern is literal, and is read by the parser
 * that reads identities of the kind. In a local part braces may be literal too, as
 * {@link parseAccountPattern} says.
 *
 * @throws {PeerGateError} ERR_PEERGATE_PATTERN_INVALID saying the rule that the pattern breaks, the
 * pattern, and how patterns of its kind are written.
 */
export function compilePattern(kind: IdentityKind, text: string): IdentityPattern {
  const { parse, example } = grammars[kind]
  const syntax = parse(text)
  if ('fault' in syntax) {
    const detail = `${syntax.fault}: ${quote(text)}; write it like ${example}`
    throw new PeerGateError('ERR_PEERGATE_PATTERN_INVALID', detail)
  }
  return createPattern(kind, syntax)
}

function createPattern(
  kind: IdentityKind,
  syntax: IdentityRange | { readonly value: string },
): IdentityPattern {
  const shape =
    'value' in syntax
      ? { kind, text: syntax.value, exact: syntax.value, range: null }
      : { kind, text: syntax.text, exact: null, range: syntax }
  // Made when it is first asked for: a policy makes one index of all its patterns.
  let index: PatternIndex | undefined
  const matches = (identity: string) => {
    index ??= createPatternIndex(kind, [shape])
    return index(identity).length > 0
  }
  return Object.freeze({
    ...shape,
    captures: Object.freeze(shape.range === null ? [] : captureNames(shape.text)),
    matches,
    capture: (identity: string) => (matches(identity) ? readCaptures(shape, identity) : null),
  })
}

/** The captures of an identity that the pattern stands for. */
function readCaptures(
  { kind, range }: IndexedPattern,
  identity: string,
): Readonly<Record<string, string>> {
  const captured: Record<string, string> = Object.create(null)
  if (range === null || !('captures' in range)) return Object.freeze(captured)
  for (const [at, unit] of splitUnits(kind, identity).entries()) {
    const name = range.captures.get(at)
    if (name !== undefined) captured[name] = unit
  }
  return Object.freeze(captured)
}

interface Grammar {
  readonly parse: (text: string) => PatternSyntax
  readonly example: string
}

const grammars: Readonly<Record<IdentityKind, Grammar>> = {
  spiffe: {
    parse: (text) => parsePathPattern(text, parseSpiffeId),
    example: 'spiffe://prod.example/ns/payments/sa/* or spiffe://prod.example/ns/payments/**',
  },
  uri: {
    parse: (text) => parsePathPattern(text, parseUri),
    example: 'https://example.com/services/* or https://example.com/services/**',
  },
  dns: {
    parse: parseDnsNamePattern,
    example: '*.svc.example.com or **.svc.example.com',
  },
  ip: {
    parse: parseIpAddressPattern,
    example: '192.0.2.7, 192.0.2.0/24 or 2001:db8::/32',
  },
  email: {
    parse: (text) => parseAccountPattern(text, parseMailbox),
    example: 'billing@example.com or *@example.com',
  },
  upn: {
    parse: (text) => parseAccountPattern(text, parseUserPrincipalName),
    example: 'billing@example.com or *@example.com',
  },
  commonName: {
    parse: parseCommonName,
    example: 'Billing Service, without wildcards',
  },
}
