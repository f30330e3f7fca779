import { attribute } from './certificate-encoder.js'
import {
  bitString,
  bmpString,
  explicit,
  hex,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  smallInteger,
  text,
  tlv,
  universalString,
  utf8String,
} from './der-encoder.js'
import type { SeededRandom } from './seeded-random.js'

/** A Name of up to four steps, of which one in four has several attributes. */
export function hostileName(random: SeededRandom, minimumSteps: number): Uint8Array {
  const length = minimumSteps + random.below(4)
  return sequence(...Array.from({ length }, () => hostileStep(random)))
}

/** A GeneralName of any type, with text that means something to whoever reads a rendering. */
export function hostileAlternativeName(random: SeededRandom): Uint8Array {
  const ascii = random.pick(asciiTexts)
  return random.pick<() => Uint8Array>([
    () => text(0x81, ascii),
    () => text(0x82, ascii),
    () => text(0x82, ascii),
    () => text(0x86, ascii),
    () => text(0x86, `spiffe://prod.example/${ascii}`),
    () => tlv(0x87, random.bytes(random.pick([4, 16]))),
    () => objectIdentifier(random.pick(typeIds), 0x88),
    () => tlv(0xa4, hostileName(random, 0)),
    () => tlv(0xa5, explicit(1, utf8String(ascii))),
    () => tlv(0xa3, sequence(smallInteger(1))),
    () => hostileOtherName(random),
    () => hostileOtherName(random),
  ])()
}

const asciiTexts = [
  'payments',
  'payments.prod.example',
  'a, b',
  'a,DNS:evil.example',
  'a, DNS:evil.example',
  '"quoted"',
  "it's",
  'back\\slash',
  'a\nb',
  'a\r\nDNS:evil.example',
  'admin\0.evil.example',
  '\t',
  '\u007F',
  ' a ',
  ' ',
  '',
  '#a',
  'a+b=c;d<e>f',
  'By=spiffe://evil.example/x;Hash=00',
  'CN=admin',
  '/CN=admin',
  '\\u002c',
  '%2C%00',
  '*.example',
  'xn--mnchen-3ya.example',
] as const

const unicodeTexts = ['ünï', '日本', '€, £', '\u0085', 'a\u202Eb', '\uFEFFa', 'e\u0301'] as const

const typeIds = [
  '2.5.4.3',
  '2.5.4.5',
  '2.5.4.6',
  '2.5.4.7',
  '2.5.4.8',
  '2.5.4.9',
  '2.5.4.10',
  '2.5.4.11',
  '0.9.2342.19200300.100.1.25',
  '0.9.2342.19200300.100.1.1',
  '1.2.840.113549.1.9.1',
  '1.2.3.4.5',
  '2.999.7',
  '2.25.329800735698586629295641978511506172918',
] as const

const otherNameIds = [
  '1.3.6.1.4.1.311.20.2.3',
  '1.3.6.1.5.5.7.8.9',
  '1.3.6.1.5.5.7.8.7',
  '1.3.6.1.5.5.7.8.5',
  '1.3.6.1.5.5.7.8.8',
  '1.2.3.4.5',
] as const

function hostileStep(random: SeededRandom): Uint8Array {
  const length = random.once(4) ? random.below(2) + 2 : 1
  return setOf(
    ...Array.from({ length }, () => attribute(random.pick(typeIds), hostileValue(random))),
  )
}

function hostileValue(random: SeededRandom): Uint8Array {
  if (random.once(150)) {
    return random.pick([
      nullValue,
      smallInteger(7),
      octetString(hex('61')),
      bitString(hex('61')),
      sequence(utf8String('a')),
    ])
  }
  return random.once(3) ? unicodeValue(random) : asciiValue(random)
}

function asciiValue(random: SeededRandom): Uint8Array {
  const value = random.pick(asciiTexts)
  if (random.once(150)) return text(0x1a, value)
  return random.pick([
    utf8String(value),
    text(0x13, value),
    text(0x12, value),
    text(0x16, value),
    text(0x14, value),
  ])
}

function unicodeValue(random: SeededRandom): Uint8Array {
  const value = random.pick(unicodeTexts)
  return random.pick([
    utf8String(value),
    utf8String('😀'),
    bmpString(value),
    universalString(value),
    universalString('😀'),
    text(0x14, 'é, ÿ', 'latin1'),
  ])
}

function hostileOtherName(random: SeededRandom): Uint8Array {
  const value = random.pick([
    utf8String(random.pick(asciiTexts)),
    utf8String(random.pick(unicodeTexts)),
    text(0x16, random.pick(asciiTexts)),
    text(0x13, random.pick(asciiTexts)),
    sequence(nullValue, utf8String('a')),
    smallInteger(7),
  ])
  return tlv(0xa0, objectIdentifier(random.pick(otherNameIds)), explicit(0, value))
}
