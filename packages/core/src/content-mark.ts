/**
 * Numbers by which a text or an array is looked up: of some characters or bytes from everywhere in it,
 * since to hash all of a certificate takes longer than to find it. Who finds something by one has to
 * compare the whole.
 */
export function markText(text: string): number {
  const step = stepThrough(text.length)
  let mark = text.length
  for (let place = 0; place < text.length; place += step) {
    mark = Math.imul(mark, 31) + text.charCodeAt(place)
  }
  return mark | 0
}

/** The same of bytes. */
export function markBytes(bytes: Uint8Array): number {
  const step = stepThrough(bytes.length)
  let mark = bytes.length
  for (let place = 0; place < bytes.length; place += step) {
    mark = Math.imul(mark, 31) + (bytes[place] as number)
  }
  return mark | 0
}

function stepThrough(length: number): number {
  return Math.max(1, Math.floor(length / mostSamples))
}

const mostSamples = 48
