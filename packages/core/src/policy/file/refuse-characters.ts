import type { FaultAt } from './document.js'

/**
 * Refuses what one reader takes for the end of a line, and another for a part of it, so that a grant can
 * stand in a comment for one of them alone; and what nobody sees.
 *
 * @throws {PeerGateError} the fault, where the first of them stands
 */
export function refuseCharacters(text: string, fault: FaultAt): void {
  const at = text.search(refused)
  if (at === -1) return
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')
  const where = code === '000D' ? ' alone; end lines with LF or CRLF' : '; write an escape'
  throw fault(at, `must not hold the character U+${code}${where}`)
}

/** CR alone, the other line ends, controls, and a byte order mark, which at the start is no part of the text. */
const refused =
  // oxlint-disable-next-line eslint/no-control-regex -- controls are what it is about
  /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\uFEFF]/u
