import { commonName, dnsSan, emailSan, ipSan, spiffe, upn, uriSan } from '@peergate/core'
import type { IdentityKind, IdentityRule, PeerCertificate } from '@peergate/core'
import { attempt } from './attempt.js'
import type { Refusal } from './attempt.js'

/** What one identity rule takes from a certificate. */
export interface RuleOutcome {
  readonly rule: IdentityKind
  /** The identity; null where the rule refuses. */
  readonly identity: string | null
  /** Why it refuses; null where it does not. */
  readonly refusal: Refusal | null
}

/** What each identity rule takes from a certificate, or why it refuses. */
export function listIdentities(certificate: PeerCertificate): readonly RuleOutcome[] {
  return rulesFor(certificate).map((rule) => apply(rule, certificate))
}

/** The trust domain is that of the certificate: which one a service wants is not known here. */
function rulesFor({ subjectAlternativeNames }: PeerCertificate): readonly IdentityRule[] {
  const domains = subjectAlternativeNames.flatMap((name) =>
    name.type === 'uniformResourceIdentifier'
      ? (/^spiffe:\/\/(?<domain>[a-z\d._-]{1,255})\//u.exec(name.value)?.groups?.['domain'] ?? [])
      : [],
  )
  const trustDomain = domains[0] ?? 'unknown.example'
  return [spiffe({ trustDomain }), uriSan(), dnsSan(), ipSan(), emailSan(), upn(), commonName()]
}

function apply({ kind: rule, select }: IdentityRule, certificate: PeerCertificate): RuleOutcome {
  const { value: identity, refusal } = attempt(() => select(certificate))
  return { rule, identity, refusal }
}
