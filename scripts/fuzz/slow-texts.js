// @ts-check
// Texts that make careless readers slow: pieces that are repeated, between a beginning and an end.

/**
 * @typedef {object} SlowText
 * @property {string} begin
 * @property {string | ((index: number) => string)} piece
 * @property {string} end
 */

const hash = '0'.repeat(64)

const pieces = [
  'A',
  'QUFB',
  'MIIB',
  '0',
  '=',
  '%',
  '%41',
  '%4',
  '%0A',
  '"',
  '\\',
  '\\"',
  '\\\\',
  ' ',
  '-',
  ':',
  ',',
  ';',
  'a=b;',
  'a=b,',
  'a="b";',
  'a="\\"";',
  'a=b=c=;',
  'URI=a;',
  'DNS="\\\\";',
  'a=;',
  '"a",',
  '[',
  '{',
  '[]',
  '{"a":',
  '[],',
  '[[],',
  ':QUFB:,',
  ':MIIB:, ',
  'QUFB ',
  'QUFB%0A',
  'A%0A',
  'A ',
  'A\\n',
  'QUFB\\n',
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN%20CERTIFICATE-----%0A',
  '-----END CERTIFICATE----- ',
]

/** @type {readonly (readonly [begin: string, end: string])[]} */
const frames = [
  ['', ''],
  ['', '!'],
  ['a="', ''],
  ['Hash=', ';a'],
  [':', ':'],
  ['[', ']'],
  ['[{"a":"', '"}]'],
  ['[{"uri":["', '"]'],
  ['[{"a":[', '0]}]'],
  [`Hash=${hash};`, 'URI=a'],
  [`[{"hash":"${hash}","uri":["a",`, '"a"]}]'],
  ['spiffe://a/', ''],
  ['-----BEGIN CERTIFICATE----- ', '-----END CERTIFICATE-----'],
  ['-----BEGIN%20CERTIFICATE-----%0A', '-----END%20CERTIFICATE-----%0A'],
  [`Hash=${hash};Cert="`, '"'],
  [`Hash=${hash};Cert="-----BEGIN%20CERTIFICATE-----%0A`, '-----END%20CERTIFICATE-----%0A"'],
  [`[{"hash":"${hash}","cert":"-----BEGIN CERTIFICATE-----\\n`, '-----END CERTIFICATE-----\\n"}]'],
]

/** @type {readonly SlowText[]} */
export const slowTexts = [
  ...pieces.flatMap((piece) => frames.map(([begin, end]) => ({ begin, piece, end }))),
  { begin: '', piece: (index) => `k${index}=v;`, end: 'a=b' },
  { begin: '[{', piece: (index) => `"k${index}":0,`, end: '"a":0}]' },
  { begin: '[', piece: (index) => `{"k${index}":0},`, end: '{}]' },
  { begin: '[{"a":[', piece: (index) => `{"K${index}":0},`, end: '{}]}]' },
  { begin: `Hash=${hash}`, piece: (index) => `;DNS=${index}`, end: '' },
]

/**
 * The text, with as many whole pieces as make up a length: within one it might be refused unread.
 *
 * @param {SlowText} text
 * @param {number} length
 */
export function writeSlowText({ begin, piece, end }, length) {
  if (typeof piece === 'string') {
    return `${begin}${piece.repeat(Math.ceil(length / piece.length))}${end}`
  }
  const count = Math.ceil(length / piece(length).length)
  return `${begin}${Array.from({ length: count }, (_, index) => piece(index)).join('')}${end}`
}

/** @param {SlowText} text */
export function describeSlowText({ begin, piece, end }) {
  return `${begin} (${typeof piece === 'string' ? piece : piece(1)})* ${end}`
}
