import type { IdentityRule } from '@peergate/core'
import type { Test } from 'tap'
import type { CertificateFacts } from './certificate-facts.js'
import { faultOf } from './fault-of.js'

/** Every text, and the identity that the rule makes of it. */
export function acceptsAll<Text>(
  t: Test,
  rule: IdentityRule,
  certify: (text: Text) => CertificateFacts,
  rows: readonly (readonly [text: Text, identity: string])[],
): void {
  for (const [text, identity] of rows) {
    t.equal(rule.select(certify(text)), identity, JSON.stringify(text))
  }
}

/** Every text, and the words of the rule that it breaks. */
export function refusesAll<Text>(
  t: Test,
  rule: IdentityRule,
  certify: (text: Text) => CertificateFacts,
  rows: readonly (readonly [text: Text, fault: string])[],
): void {
  for (const [text, fault] of rows) {
    const error = faultOf(() => rule.select(certify(text)))
    t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_INVALID', JSON.stringify(text))
    t.equal(error?.statusCode, 403)
    t.ok(error?.detail.includes(fault), `${error?.detail} says: ${fault}`)
  }
}
