/**
 * Breaks a text into lines of at most `width` characters, at spaces where there are some; nothing is
 * left out. Colours take no room.
 */
export function wrapText(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width))
}

function wrapLine(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((each) => breakWord(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && plainLength(longer) > width) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}

/** Words with colours are short. */
function breakWord(word: string, width: number): readonly string[] {
  if (plainLength(word) <= width) return [word]
  return Array.from(word.matchAll(new RegExp(`.{1,${width}}`, 'gsu')), ([part]) => part)
}

/** The characters of a text without the escapes of colours. */
export function plainLength(text: string): number {
  return text.replaceAll(escapes, '').length
}

// oxlint-disable-next-line no-control-regex -- these are what is left out
const escapes = /\u001B\[\d+m/gu
