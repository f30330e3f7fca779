import type { IdentityValue } from './identity-value.js'

/** ub-common-name of RFC 5280 appendix A.1, in characters. */
const longestName = 64
const invisible = /\p{C}/u

/**
 * The common name as it is: compared exactly, with regard to case. RFC 5280 §7.1 would let names
 * that differ in case and spaces be equal; one string for one identity leaves no room for that.
 */
export function parseCommonName(text: string): IdentityValue {
  const { length } = Array.from(text)
  if (length === 0 || length > longestName) {
    return { fault: 'a common name must be 1 to 64 characters' }
  }
  if (invisible.test(text)) {
    return { fault: 'a common name must not have control, format or unassigned characters' }
  }
  if (text.trim() !== text) return { fault: 'a common name must not begin or end with a space' }
  return { value: text }
}
