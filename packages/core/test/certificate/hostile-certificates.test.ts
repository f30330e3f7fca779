import { parseCertificate, type CertificateFacts, type DistinguishedName } from '@peergate/core'
import { X509Certificate } from 'node:crypto'
import t from 'tap'
import {
  generateHostileCertificate,
  type HostileCertificate,
} from '../support/hostile-certificate.js'
import { readByOpenssl, renderAsOpenssl, type OpensslText } from '../support/openssl-text.js'
import { refusalOf, type Refusal } from '../support/refusal.js'
import { createSeededRandom } from '../support/seeded-random.js'

const seed = 20_260_101
const certificates = 5000

/** What OpenSSL reads and we refuse, by the flaw that was put into the certificate. */
const refusedOnlyHere: Readonly<Record<string, string>> = {
  'BOOLEAN that is neither 00 nor FF': 'BER takes every byte but 00 for true',
  'IA5String beyond ASCII': 'OpenSSL shows the byte as Latin-1, another reader as it likes',
  'PrintableString beyond ASCII': 'OpenSSL shows the byte as Latin-1, another reader as it likes',
  'RSA key without NULL': 'RFC 3279 §2.3.1 demands the NULL',
  'SET OF not sorted': 'the order would make two encodings of one name',
  'address of an odd length': 'OpenSSL shows `<invalid length>` in place of an address',
  'bytes after an extension’s value':
    'OpenSSL reads the value when it is asked for, and then finds nothing',
  'bytes after the certificate': 'OpenSSL reads the first element and leaves the rest',
  'cA FALSE': 'DER leaves a default out',
  'constructed string in a name': 'BER allows strings in pieces',
  'constructed subject alternative name': 'BER allows strings in pieces',
  'critical FALSE': 'DER leaves a default out',
  'differing signature algorithms':
    'OpenSSL compares the two when it verifies, which is not always',
  'duplicate extension': 'OpenSSL silently shows the first of the two',
  'empty Extensions': 'RFC 5280 §4.1 demands one at least',
  'empty extended key usage': 'RFC 5280 §4.2.1.12 demands one at least',
  'empty issuer': 'RFC 5280 §4.1.2.4 demands a name',
  'empty key usage': 'RFC 5280 §4.2.1.3 demands one bit at least',
  'empty subject alternative name': 'RFC 5280 §4.2.1.6 demands one at least',
  'extensions in version 2': 'whoever reads by version does not see them',
  'indefinite length': 'BER allows it',
  'indefinite length of the certificate': 'BER allows it',
  'key usage with zeros at the end': 'DER ends named bits with the last that is set',
  'key usage without a meaning': 'OpenSSL looks at the bits it knows',
  'length not in its shortest form': 'BER allows it',
  'more than 100 subject alternative names': 'our limit',
  'more than 16 KiB': 'our limit',
  'negative path length': 'OpenSSL judges it when it verifies',
  'negative serial number': 'RFC 5280 §4.1.2.2 demands a positive one',
  'otherName that is not UTF-8': 'OpenSSL reads the value when it is asked for',
  'path length without cA': 'OpenSSL judges it when it verifies',
  'serial number over 20 octets': 'RFC 5280 §4.1.2.2 sets the limit',
  'step without attributes': 'X.501 demands one at least',
  'subject alternative name of an unknown type': 'OpenSSL then finds no names at all',
  'time that does not exist': 'OpenSSL shows `Bad time value`',
  'time with an offset': 'RFC 5280 §4.1.2.5 demands Z',
  'time with fractions': 'RFC 5280 §4.1.2.5.2 forbids them',
  'unused bits that are set': 'BER ignores them',
  'version 4': 'there is none',
  'version v1 encoded': 'DER leaves a default out',
}

const typeNotTaken = 'type of value that OpenSSL does not take in names'
const valueWithoutText = 'value that is no string, in a name'

/** Differences over certificates that break no rule. */
const readDifferently: Readonly<Record<string, string>> = {
  [typeNotTaken]:
    'OpenSSL refuses the certificate, or all its alternative names; here it has its DER',
  [valueWithoutText]: 'OpenSSL shows the bytes as if they were text; here there is none',
}

/** INTEGER, OCTET STRING, NULL and VisibleString, which OpenSSL does not take in names. */
const tagsNotTaken: ReadonlySet<number> = new Set([0x02, 0x04, 0x05, 0x1a])

void t.test('reads hostile certificates as OpenSSL does, or refuses them', (t) => {
  const random = createSeededRandom(seed)
  const differences = new Map<string, number>()
  let accepted = 0
  for (let index = 0; index < certificates; index++) {
    const place = `seed ${seed}, certificate ${index}`
    const certificate = generateHostileCertificate(random)
    const verdict = judge(certificate)
    if (verdict.facts !== null) accepted++
    if ((verdict.refusal === null) !== (certificate.flaw === null)) {
      t.fail(`${place}: ${certificate.flaw ?? 'valid'}`, { found: verdict.refusal })
    }
    for (const difference of findDifferences(certificate, verdict)) {
      differences.set(difference.kind, (differences.get(difference.kind) ?? 0) + 1)
      if (!isListed(difference.kind)) t.fail(place, { found: difference })
    }
  }
  t.comment(`${accepted} of ${certificates} accepted`, Object.fromEntries(differences))
  t.ok(accepted > 2000)
  const listed = Object.keys({ ...refusedOnlyHere, ...readDifferently })
  t.same(
    listed.filter((kind) => !differences.has(kind)),
    [],
    'every listed difference occurs',
  )
  t.end()
})

interface Verdict {
  readonly facts: CertificateFacts | null
  readonly refusal: Refusal | null
  readonly openssl: X509Certificate | null
}

function judge({ der }: HostileCertificate): Verdict {
  let facts: CertificateFacts | null = null
  const refusal = refusalOf(() => {
    facts = parseCertificate(der)
  })
  return { facts, refusal, openssl: openByOpenssl(der) }
}

function openByOpenssl(der: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(der)
  } catch {
    return null
  }
}

interface Difference {
  readonly kind: string
  readonly ours?: unknown
  readonly openssl?: unknown
}

function findDifferences(
  { flaw, key }: HostileCertificate,
  { facts, openssl }: Verdict,
): readonly Difference[] {
  if (facts === null) return openssl === null ? [] : [{ kind: flaw ?? 'valid' }]
  if (openssl === null) {
    const isExplained = [facts.subject, facts.issuer].some(hasTypeNotTaken)
    return [{ kind: isExplained ? typeNotTaken : 'refused by OpenSSL' }]
  }
  const ours = renderAsOpenssl(facts)
  const theirs = readByOpenssl(openssl)
  return Object.keys(ours)
    .filter((field): field is keyof OpensslText => field !== 'key' || key !== null)
    .filter((field) => JSON.stringify(ours[field]) !== JSON.stringify(theirs[field]))
    .map((field) => ({ kind: kindOf(field, facts), ours: ours[field], openssl: theirs[field] }))
}

function kindOf(field: keyof OpensslText, facts: CertificateFacts): string {
  if (field === 'subject' || field === 'issuer') {
    return facts[field].flat().some(({ text }) => text === null) ? valueWithoutText : field
  }
  if (field === 'subjectAltName' || field === 'ca') {
    const isExplained = facts.subjectAlternativeNames.some(
      (name) => name.type === 'directoryName' && hasTypeNotTaken(name.value),
    )
    return isExplained ? typeNotTaken : field
  }
  return field
}

function hasTypeNotTaken(name: DistinguishedName): boolean {
  return name.flat().some(({ der: [tag = 0] }) => tagsNotTaken.has(tag))
}

function isListed(kind: string): boolean {
  return Object.hasOwn(refusedOnlyHere, kind) || Object.hasOwn(readDifferently, kind)
}
