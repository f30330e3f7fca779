import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { encodeDraft, type Draft } from './certificate-draft.js'
import { absent, ecKey, extension, plainParts, publicKey, rsaKey } from './certificate-encoder.js'
import {
  bitString,
  boolean,
  generalizedTime,
  integer,
  namedBits,
  nullValue,
  objectIdentifier,
  sequence,
  smallInteger,
  utcTime,
} from './der-encoder.js'
import { flaws, type Flaw } from './hostile-flaws.js'
import { hostileAlternativeName, hostileName } from './hostile-name.js'
import type { SeededRandom } from './seeded-random.js'

/** A certificate that nobody would issue, and what was wrong with it when it was built. */
export interface HostileCertificate {
  readonly der: Uint8Array
  /** Null for DER that breaks no rule, however odd its contents. */
  readonly flaw: Flaw['name'] | null
  /** The key in it; null where it only looks like one. */
  readonly key: KeyObject | null
}

/** Two in five certificates have exactly one flaw. */
export function generateHostileCertificate(random: SeededRandom): HostileCertificate {
  const key = random.once(2) ? random.pick(realKeys) : null
  const draft: Draft = {
    parts: {
      ...plainParts,
      serialNumber: integer(hostileSerial(random)),
      issuer: hostileName(random, 1),
      validity: sequence(hostileTime(random), hostileTime(random)),
      subject: hostileName(random, 0),
      publicKey: key?.export({ type: 'spki', format: 'der' }) ?? hostileKey(random),
      beforeExtensions: random.once(8) ? bitString(random.bytes(3), 0, 0x81) : absent,
    },
    extensions: new Map(hostileExtensions(random)),
  }
  if (random.below(5) >= 2) return { der: encodeDraft(draft), flaw: null, key }
  const flaw = random.pick(flaws)
  return { der: flaw.encode(draft, random), flaw: flaw.name, key }
}

const realKeys: readonly [KeyObject, ...KeyObject[]] = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
  generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey,
  generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey,
  ...['prime256v1', 'secp224r1', 'secp256k1', 'secp384r1', 'secp521r1', 'brainpoolP384r1'].map(
    (namedCurve) => generateKeyPairSync('ec', { namedCurve }).publicKey,
  ),
  generateKeyPairSync('ed25519').publicKey,
  generateKeyPairSync('ed448').publicKey,
  generateKeyPairSync('x25519').publicKey,
]

/** At most 20 octets with the sign byte, and no leading zeros. */
function hostileSerial(random: SeededRandom): Uint8Array {
  const bytes = random.bytes(random.below(20))
  return bytes[0] === 0 ? absent : bytes
}

function hostileTime(random: SeededRandom): Uint8Array {
  const digits = [
    random.below(12) + 1,
    random.below(28) + 1,
    random.below(24),
    random.below(60),
    random.below(60),
  ]
    .map((value) => `${value}`.padStart(2, '0'))
    .join('')
  if (random.once(2)) return utcTime(`${`${random.below(100)}`.padStart(2, '0')}${digits}Z`)
  if (random.once(4)) return generalizedTime('99991231235959Z')
  return generalizedTime(`${`${random.below(10_000)}`.padStart(4, '0')}${digits}Z`)
}

function hostileKey(random: SeededRandom): Uint8Array {
  return random.pick([
    rsaKey(integer(Uint8Array.of(1, ...random.bytes(random.below(600))))),
    ecKey(random.pick(['1.2.840.10045.3.1.1', '1.3.36.3.3.2.8.1.1.7', '1.3.132.0.99'])),
    publicKey('1.2.840.10045.2.1', sequence(smallInteger(1), sequence()), random.bytes(65)),
    publicKey('1.2.840.10040.4.1', nullValue, random.bytes(20)),
    publicKey('2.25.340282366920938463463374607431768211455', absent, random.bytes(20)),
  ])
}

function hostileExtensions(random: SeededRandom): readonly (readonly [string, Uint8Array])[] {
  if (random.once(8)) return []
  const candidates: readonly (readonly [string, () => Uint8Array])[] = [
    ['2.5.29.17', () => hostileAlternativeNames(random)],
    ['2.5.29.15', () => namedBits([random.below(9), random.below(9), random.below(9)])],
    ['2.5.29.37', () => hostilePurposes(random)],
    ['2.5.29.19', () => hostileConstraints(random)],
    ['1.2.3.4', () => random.bytes(random.below(40))],
    ['2.999.1', () => random.bytes(random.below(200))],
  ]
  return candidates
    .filter(() => !random.once(3))
    .map(([id, value]) => [id, extension(id, value(), random.once(2))])
}

function hostileAlternativeNames(random: SeededRandom): Uint8Array {
  const length = random.once(50) ? 100 : random.below(5) + 1
  return sequence(...Array.from({ length }, () => hostileAlternativeName(random)))
}

function hostilePurposes(random: SeededRandom): Uint8Array {
  const purposes = [
    '1.3.6.1.5.5.7.3.2',
    '1.3.6.1.5.5.7.3.1',
    '2.5.29.37.0',
    '2.25.329800735698586629295641978511506172918',
    '1.2.3',
  ] as const
  const length = random.below(4) + 1
  return sequence(...Array.from({ length }, () => objectIdentifier(random.pick(purposes))))
}

function hostileConstraints(random: SeededRandom): Uint8Array {
  if (random.once(2)) return sequence()
  return sequence(boolean(true), random.once(2) ? smallInteger(random.below(70_000)) : absent)
}
