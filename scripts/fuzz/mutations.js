// @ts-check
// Damage: to the bytes of a certificate, to the text of a header, and to the lines of a request.

/**
 * @typedef {import('./contract-samples.js').Lines} Lines
 * @typedef {import('../../packages/core/.build/test/support/seeded-random.js').SeededRandom} SeededRandom
 */

/**
 * The bytes with a fault in them; never the same bytes.
 *
 * @param {Uint8Array} bytes
 * @param {SeededRandom} random
 * @returns {Uint8Array}
 */
export function damageBytes(bytes, random) {
  const at = random.below(bytes.length)
  const count = 1 + random.below(20)
  const damaged = random.pick([
    () => bytes.with(at, random.below(256)),
    () => bytes.map((byte, index) => (index >= at && index < at + count ? 0 : byte)),
    () => bytes.slice(0, bytes.length - count),
    () => bytes.slice(count),
    () => joined(bytes, random.bytes(count)),
    () => joined(bytes, bytes),
    () => joined(bytes.slice(0, at), random.bytes(count), bytes.slice(at)),
    () => joined(bytes.slice(0, at), bytes.slice(at + count)),
    () => Uint8Array.of(),
  ])()
  return Buffer.compare(damaged, bytes) === 0 ? damageBytes(bytes, random) : damaged
}

/** @param {readonly Uint8Array[]} parts */
function joined(...parts) {
  return new Uint8Array(Buffer.concat(parts))
}

/** What means something in one of the grammars. */
const words = /** @type {const} */ ([
  '"',
  '\\',
  ';',
  ',',
  '=',
  '%',
  '+',
  ':',
  '[',
  ']',
  '{',
  '}',
  ' ',
  '-',
  '/',
  '_',
  '\n',
  '\0',
  'é',
  '\\"',
  '\\\\',
  '""',
  ';;',
  ',,',
  '==',
  '::',
  '%%',
  '%0A',
  '%00',
  '%2',
  '%C3%A9',
  '\\u0022',
  '{},',
  ';URI=spiffe://prod.example/ns/payments/sa/root',
  ',By=a;URI=b',
  'URI="',
  '"uri":["a"],',
  '"cert":',
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  '%0A-----END%20CERTIFICATE-----%0A',
  ';Hash=',
  ';Subject=""',
  ';Cert=""',
  '"hash":"",',
  '"uri":[],',
  '"URI":0,',
  '(null)',
  'SUCCESS',
  'NONE',
  'true',
  'false',
  '1',
  '0',
  'MIIB',
])

/**
 * The text with up to four faults in it.
 *
 * @param {string} text
 * @param {string} other text of the same kind
 * @param {SeededRandom} random
 */
export function damageText(text, other, random) {
  let damaged = text
  for (let faults = 1 + random.below(4); faults > 0; faults -= 1) {
    damaged = damageOnce(damaged, other, random)
  }
  return damaged
}

/**
 * @param {string} text
 * @param {string} other
 * @param {SeededRandom} random
 */
function damageOnce(text, other, random) {
  const at = random.below(text.length + 1)
  const end = at + 1 + random.below(random.once(4) ? text.length + 1 : 8)
  const [before, range, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)]
  return random.pick([
    () => before + after,
    () => before + range + range + after,
    () => before,
    () => after,
    () => before + random.pick(words) + range + after,
    () => before + random.pick(words) + after,
    () => before + String.fromCharCode(0x20 + random.below(95)) + text.slice(at + 1),
    () => before + range.toUpperCase() + after,
    () => before + range.toLowerCase() + after,
    () => before + other.slice(at, end) + after,
    () => before + escapeAll(range) + after,
    () => damageParts(text, random),
    () => text + other,
    () => other + text,
    () => `${text}${random.pick([',', ';', ', ', '%0A', ' '])}${other}`,
  ])()
}

/** @param {string} text */
function escapeAll(text) {
  return text.replaceAll(/[ -~]/gu, (character) => `%${character.charCodeAt(0).toString(16)}`)
}

/**
 * Leaves out one part of the text between separators, or has it twice.
 *
 * @param {string} text
 * @param {SeededRandom} random
 */
function damageParts(text, random) {
  const separator = random.pick([',', ';', ' ', ':', '%0A', '"', '-----'])
  const parts = text.split(separator)
  const at = random.below(parts.length)
  const copies = parts.slice(at, at + 1)
  return parts.toSpliced(at, 1, ...(random.once(2) ? [] : [...copies, ...copies])).join(separator)
}

/**
 * The lines with one of them changed as a whole.
 *
 * @param {Lines} lines
 * @param {Lines} others what the same proxy sends for another client
 * @param {SeededRandom} random
 * @returns {Lines}
 */
export function damageLines(lines, others, random) {
  const at = random.below(lines.length)
  const [name, value] = lines[at] ?? ['', '']
  const [, otherValue = ''] = others.find(([other]) => other === name) ?? []
  const values = lines.map(([, each]) => each)
  return random.pick([
    () => lines.toSpliced(at, 1),
    () => lines.with(at, [name, '']),
    () => lines.with(at, [name.replaceAll('-', '_'), value]),
    () => lines.with(at, [name.replace('-', random.pick(['.', '~', '!'])), value]),
    () => lines.with(at, [name, otherValue]),
    () => [...lines, line(name, value)],
    () => [...lines, line(name, otherValue)],
    () => [line(name, otherValue), ...lines],
    () => [...lines, line(name.replaceAll('-', '_'), otherValue)],
    () => [...lines, line(name.replace('-', random.pick(['.', '~', '!'])), value)],
    () => lines.map(([each], index) => line(each, values.at(index - 1) ?? '')),
    () => lines.toReversed(),
  ])()
}

/** @param {string} name @param {string} value @returns {readonly [name: string, value: string]} */
function line(name, value) {
  return [name, value]
}
