import type { IdentityValue } from './identity-value.js'

const scheme = 'spiffe://'
const longestId = 2048
const trustDomainSyntax = /^[a-z0-9._-]{1,255}$/
const segmentSyntax = /^[A-Za-z0-9._-]+$/

/**
 * The SPIFFE ID of a workload, which is its own canonical form: the syntax leaves it one spelling
 * (SPIFFE-ID §2), and comparison is case-sensitive. A workload's ID has a path (X509-SVID §3.1).
 */
export function parseSpiffeId(text: string): IdentityValue {
  if (text.length > longestId) return { fault: 'a SPIFFE ID must not exceed 2048 bytes' }
  if (!text.startsWith(scheme)) return { fault: 'a SPIFFE ID must begin with spiffe://' }
  const [trustDomain = '', ...segments] = text.slice(scheme.length).split('/')
  if (!isTrustDomain(trustDomain)) {
    return { fault: 'the trust domain of a SPIFFE ID must be 1 to 255 of a-z 0-9 . _ -' }
  }
  if (segments.length === 0) return { fault: 'the SPIFFE ID of a workload must have a path' }
  if (!segments.every(isSegment)) {
    return {
      fault:
        'every path segment of a SPIFFE ID must be one or more of A-Z a-z 0-9 . _ - and neither . nor ..',
    }
  }
  return { value: text }
}

/** Whether the text is the name of a trust domain, without scheme and path (SPIFFE-ID §2.1). */
export function isTrustDomain(text: string): boolean {
  return trustDomainSyntax.test(text)
}

function isSegment(text: string): boolean {
  return segmentSyntax.test(text) && text !== '.' && text !== '..'
}
