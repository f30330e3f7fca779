/**
 * A text of somebody else as a terminal may show it: what could move the cursor, reorder what stands
 * around it or break the line is escaped as JSON escapes it. The help needs it, and is to load nothing of
 * core, which has an own one.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeUnits)
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }).join('')
}
