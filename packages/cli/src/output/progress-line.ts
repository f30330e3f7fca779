import type { Terminal } from './terminal.js'

/** One line that says what goes on, where a person looks; nothing elsewhere. */
export interface ProgressLine {
  readonly show: (text: string) => void
  readonly clear: () => void
}

export function createProgressLine({
  showsProgress,
  writeError,
  columns,
}: Pick<Terminal, 'columns' | 'showsProgress' | 'writeError'>): ProgressLine {
  if (!showsProgress) return { show: () => undefined, clear: () => undefined }
  return {
    show: (text) => writeError(`${eraseLine}${text.slice(0, columns - 1)}`),
    clear: () => writeError(eraseLine),
  }
}

/** Back to the first column, and everything behind it away (ECMA-48 EL). */
const eraseLine = '\r\u001B[K'
