import type { IdentityKind } from '../client-identity.js'
import { parseCommonName } from './common-name.js'
import { parseDnsName } from './dns-name.js'
import type { IdentityValue } from './identity-value.js'
import { parseIpAddress } from './ip-address.js'
import { parseMailbox } from './mailbox.js'
import { parseSpiffeId } from './spiffe-id.js'
import { parseUri } from './uri.js'
import { parseUserPrincipalName } from './user-principal-name.js'

/** The identity that `text` is, in the canonical form of its kind. */
export function parseIdentityValue(kind: IdentityKind, text: string): IdentityValue {
  return parsers[kind](text)
}

const parsers: Readonly<Record<IdentityKind, (text: string) => IdentityValue>> = {
  spiffe: parseSpiffeId,
  uri: parseUri,
  dns: parseDnsName,
  ip: parseIpAddress,
  email: parseMailbox,
  upn: parseUserPrincipalName,
  commonName: parseCommonName,
}
