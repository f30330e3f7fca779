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
import type { PatternSyntax } from './pattern/pattern-syntax.js'

/** Which identities a grant is for. */
export interface IdentityPattern {
  readonly kind: IdentityKind
  /** The pattern in canonical form, so that two spellings of one pattern are one string. */
  readonly text: string
  /** The one identity that the pattern matches; null where it stands for more than one. */
  readonly exact: string | null
  /**
   * Whether the pattern stands for the identity, given in the canonical form of the pattern's kind;
   * in time linear in its length. The identity is text only: nothing in it acts as a wildcard.
   */
  readonly matches: (identity: string) => boolean
  readonly captures: readonly string[]
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
 * All else in it is literal, and is read by the parser that reads identities of the kind.
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
  return Object.freeze(
    'value' in syntax
      ? createExact(kind, syntax.value)
      : { kind, exact: null, captures: [], capture: () => null, ...syntax },
  )
}

function createExact(kind: IdentityKind, value: string): IdentityPattern {
  return {
    kind,
    text: value,
    exact: value,
    matches: (identity) => identity === value,
    captures: [],
    capture: () => null,
  }
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
