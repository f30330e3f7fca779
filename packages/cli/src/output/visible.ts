/**
 * A text of somebody else as a terminal may show it: what could move the cursor, reorder what stands
 * around it or break the line is written as its code points.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escape)
}

function escape(character: string): string {
  return `\\u{${Number(character.codePointAt(0)).toString(16)}}`
}
