import type { LoadedCertificate } from '#core/tls/load-certificates.js'
import { loadRevocation } from '#core/tls/revocation.js'
import type { Revocation } from '#core/tls/revocation.js'
import type { RevocationOptions } from '#core/tls/revocation-options.js'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { mintPki } from '@peergate/testkit'
import t from 'tap'
import { sequence } from '../support/der-encoder.js'
import { createAuthority, createCircle, loadCa, pem } from '../support/own-authority.js'
import type { OwnAuthority } from '../support/own-authority.js'
import { refusalOf } from '../support/refusal.js'
import {
  manyRevoked,
  revokedEntry,
  signRevocationList,
} from '../support/revocation-list-encoder.js'

const second = 1000
const day = 86_400 * second
const mintedAt = Math.floor(Date.now() / second) * second
const pki = await mintPki(
  {
    authorities: {
      root: { purpose: 'The root.', subject: 'CN=Root' },
      sub: { purpose: 'Below it.', subject: 'CN=Sub', issuer: 'root' },
      batch: { purpose: 'Another root.', subject: 'CN=Batch' },
      namesake: { purpose: 'Has the name of the root.', subject: 'CN=Root' },
    },
    leaves: {},
  },
  { now: () => mintedAt },
)
const root = loadAuthority('root')
const sub = loadAuthority('sub')
const batch = loadAuthority('batch')

const listInvalid = 'ERR_PEERGATE_REVOCATION_LIST_INVALID'
const revoked = 'ERR_PEERGATE_CERTIFICATE_REVOKED'
const unknown = 'ERR_PEERGATE_REVOCATION_UNKNOWN'

t.test('refuses a revoked certificate, and no other', async (t) => {
  const list = await pki.revocationList({ issuer: 'root', serialNumbers: ['0A', 'BEEF'] })
  const revocation = load({ lists: list.pem }, [root])
  t.same(judge(revocation, 'BEEF', root), {
    code: revoked,
    detail:
      'list 1 of clientCas.payments.revocation.lists revokes the certificate (serial number BEEF)',
  })
  t.equal(judge(revocation, '0A', root)?.code, revoked)
  t.equal(judge(revocation, '0B', root), null)
})

t.test('reads lists in every form', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'peergate-'))
  const ofRoot = await pki.revocationList({ issuer: 'root', serialNumbers: ['0A'] })
  const ofBatch = await pki.revocationList({ issuer: 'batch', serialNumbers: ['0A'] })
  const both = `Revoked:\n${ofRoot.pem}\nBatch:\n${ofBatch.pem}`
  const file = (path: string, content: string | Uint8Array): string => {
    writeFileSync(join(directory, path), content)
    return join(directory, path)
  }
  for (const lists of [
    both,
    Buffer.from(both),
    file('lists.pem', both),
    [ofRoot.pem, ofBatch.pem],
    [ofRoot.der, ofBatch.der],
    [file('root.der', ofRoot.der), file('batch.pem', ofBatch.pem)],
    [both, both],
  ]) {
    const revocation = load({ lists }, [root, batch])
    for (const ca of [root, batch]) {
      t.equal(judge(revocation, '0A', ca)?.code, revoked)
      t.equal(judge(revocation, '0B', ca), null)
    }
  }
})

t.test('reads a list of a hundred thousand serial numbers', (t) => {
  const ca = createAuthority()
  const der = listBy(ca, manyRevoked(100_000))
  const lists = pem('X509 CRL', der)
  t.ok(lists.length > 2 ** 20)
  const revocation = load({ lists }, [ca.loaded])
  t.equal(judge(revocation, `${'11'.repeat(12)}0001869F`, ca.loaded)?.code, revoked)
  t.equal(judge(revocation, `${'11'.repeat(12)}000186A0`, ca.loaded), null)
  t.end()
})

t.test('judges by the newest list of a CA', async (t) => {
  const older = await issue('root', ['0A'], { thisUpdate: '-2h' })
  const rival = await issue('root', ['0B'], { thisUpdate: '-2h' })
  const newer = await issue('root', ['0C'], { thisUpdate: '-1h' })
  for (const lists of [
    [older, rival, newer],
    [newer, rival, older],
    [rival, newer, older, newer],
  ]) {
    const revocation = load({ lists }, [root])
    t.equal(judge(revocation, '0A', root), null)
    t.equal(judge(revocation, '0B', root), null)
    t.equal(judge(revocation, '0C', root)?.code, revoked)
  }
})

t.test('shares a list among the certificates of one CA that have one key', (t) => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const old = createAuthority({ keys })
  const renewed = createAuthority({ keys, serialNumber: 2 })
  const list = listBy(old, sequence(revokedEntry(Uint8Array.of(10))))
  const revocation = load({ lists: list }, [old.loaded, renewed.loaded])
  for (const { loaded } of [old, renewed]) {
    t.equal(judge(revocation, '0A', loaded)?.code, revoked)
    t.equal(judge(revocation, '0B', loaded), null)
  }
  t.end()
})

t.test('refuses lists that nobody can judge by', async (t) => {
  const plain = await issue('root', ['0A'])
  const other = await issue('root', ['0B'])
  const missing = join(tmpdir(), 'no-such-list.pem')
  const future = await issue('root', [], { thisUpdate: '+2d' })
  const withoutUsage = createAuthority({ usage: [5] })
  for (const [title, lists, code, detail, cas = [root]] of [
    [
      'of no CA of the set',
      await issue('batch', []),
      listInvalid,
      /^list 1 of clientCas\.payments\.revocation\.lists: its issuer CN=Batch is no CA of the set$/u,
    ],
    [
      'of a CA of the same name',
      await issue('namesake', []),
      listInvalid,
      /^list 1 of clientCas\.payments\.revocation\.lists: no CA CN=Root of the set signed it$/u,
    ],
    [
      'of a CA that may not sign them',
      listBy(withoutUsage),
      listInvalid,
      /^list 1 of clientCas\.payments\.revocation\.lists: the CA CN=Own may not sign revocation lists \(keyUsage\)$/u,
      [withoutUsage.loaded],
    ],
    [
      'of the future',
      future,
      listInvalid,
      /^list 1 of clientCas\.payments\.revocation\.lists: issued on \S+Z, while the clock shows \S+Z$/u,
    ],
    [
      'of one time that differ',
      [plain, other],
      listInvalid,
      /^list 1 of clientCas\.payments\.revocation\.lists\.1: as new as list 1 of clientCas\.payments\.revocation\.lists\.0, and different; remove one$/u,
    ],
    [
      'that are certificates',
      [plain, plain + pki.authority('root').certificate],
      listInvalid,
      /^list 2 of clientCas\.payments\.revocation\.lists\.1: a CERTIFICATE is no revocation list; remove it$/u,
    ],
    [
      'that are no lists',
      Buffer.from('<html>'),
      listInvalid,
      /^list 1 of clientCas\.payments\.revocation\.lists: certificateList has tag 0x3c, a form that DER does not have$/u,
    ],
    [
      'that are cut off',
      plain.slice(0, 200),
      'ERR_PEERGATE_PEM_INVALID',
      /^clientCas\.payments\.revocation\.lists: BEGIN X509 CRL without END$/u,
    ],
    [
      'that are missing',
      missing,
      'ERR_PEERGATE_FILE_UNREADABLE',
      /^clientCas\.payments\.revocation\.lists: ".*no-such-list\.pem" could not be read \(ENOENT\)$/u,
    ],
  ] as const) {
    const refusal = refusalOf(() => load({ lists }, cas))
    t.equal(refusal?.code, code, title)
    t.match(refusal?.detail, detail, title)
  }
})

t.test('names both times where a list is of the future', async (t) => {
  const lists = await issue('root', [], { thisUpdate: '+2d' })
  const { detail = '' } = refusalOf(() => load({ lists }, [root])) ?? {}
  const [issued = '', clock = ''] = detail.match(/\d{4}-\S+Z/gu) ?? []
  t.equal(issued, iso(2 * day))
  t.ok(Math.abs(Date.parse(clock) - Date.now()) < 60 * second)
})

t.test('accepts a CA without key usage', (t) => {
  const ca = createAuthority()
  t.equal(judge(load({ lists: listBy(ca) }, [ca.loaded]), '0A', ca.loaded), null)
  t.end()
})

t.test('refuses whom no list speaks of', async (t) => {
  const revocation = load({ lists: await issue('root', []) }, [root, batch])
  t.same(judge(revocation, '0A', batch), {
    code: unknown,
    detail: 'there is no revocation list of its issuer CN=Batch',
  })
  const stranger = { code: unknown, detail: 'its issuer is no CA of the set' }
  t.same(judge(revocation, '0A', null), stranger)
  t.same(judge(revocation, '0A', sub), stranger)
})

t.test('refuses by a stale list, with a warning if it is stale when loaded', async (t) => {
  const lists = await issue('root', ['0A'], { thisUpdate: '-3d', nextUpdate: '-2d' })
  const stale = `list 1 of clientCas.payments.revocation.lists is stale since ${iso(-2 * day)}`
  for (const whenStale of [undefined, 'fail', { grace: 3600 }] as const) {
    const { value, warnings } = await warningsOf(() => load({ lists, whenStale }, [root]))
    t.same(warnings, [`${stale}; the clients of its CA are refused`])
    t.same(judge(value, '0B', root), { code: unknown, detail: stale })
    t.equal(judge(value, '0A', root)?.code, revoked)
  }
})

t.test('refuses from the instant that a list is stale', async (t) => {
  const lists = await issue('root', [], { nextUpdate: '+1d' })
  const { value, warnings } = await warningsOf(() => load({ lists }, [root]))
  t.same(warnings, [])
  t.equal(judge(value, '0A', root, mintedAt + day - 1), null)
  t.equal(judge(value, '0A', root, mintedAt + day)?.code, unknown)
})

t.test('uses a stale list in its grace, with one warning', async (t) => {
  const lists = await issue('root', ['0A'], { thisUpdate: '-3d', nextUpdate: '-1h' })
  const loading = await warningsOf(() => load({ lists, whenStale: { grace: 7200 } }, [root]))
  t.same(loading.warnings, [])
  const { value, warnings } = await warningsOf(() => [
    judge(loading.value, '0B', root),
    judge(loading.value, '0B', root),
    judge(loading.value, '0A', root)?.code,
    judge(loading.value, '0B', root, mintedAt + day / 24 - 1),
    judge(loading.value, '0B', root, mintedAt + day / 24)?.code,
  ])
  t.same(value, [null, null, revoked, null, unknown])
  const place = 'list 1 of clientCas.payments.revocation.lists'
  t.same(warnings, [`${place} is stale since ${iso(-day / 24)}; it is used until ${iso(day / 24)}`])
})

t.test('refuses the clients of a CA that is revoked itself', async (t) => {
  const { serialNumber } = sub.facts
  const ofRoot = await issue('root', [serialNumber])
  const ofSub = await issue('sub', [])
  const revocation = load({ lists: [ofRoot, ofSub] }, [root, sub])
  t.same(judge(revocation, '0A', sub), {
    code: revoked,
    detail: `list 1 of clientCas.payments.revocation.lists.0 revokes certificate 1 of clientCas.payments.sub (serial number ${serialNumber})`,
  })
  t.equal(judge(revocation, '0A', root), null)
})

t.test(
  'asks for a current list of a CA above that has one, and for none that has not',
  async (t) => {
    const ofSub = await issue('sub', [])
    const ofRoot = await issue('root', [], { nextUpdate: '+1h' })
    const later = mintedAt + day
    t.equal(judge(load({ lists: ofSub }, [root, sub]), '0A', sub, later), null)
    const both = load({ lists: [ofSub, ofRoot] }, [root, sub])
    t.equal(judge(both, '0A', sub), null)
    t.same(judge(both, '0A', sub, later), {
      code: unknown,
      detail: `list 1 of clientCas.payments.revocation.lists.1 is stale since ${iso(day / 24)}`,
    })
  },
)

t.test('judges CAs that certified one another', (t) => {
  const [one, other] = createCircle()
  const clean = load({ lists: [listBy(one), listBy(other)] }, [one.loaded, other.loaded])
  t.equal(judge(clean, '0A', one.loaded), null)
  const revokedOther = sequence(revokedEntry(Uint8Array.of(2)))
  const lists = [listBy(one, revokedOther), listBy(other)]
  const revocation = load({ lists }, [one.loaded, other.loaded])
  t.equal(judge(revocation, '0A', other.loaded)?.code, revoked)
  t.equal(judge(revocation, '0A', one.loaded)?.code, revoked)
  t.end()
})

t.test('describes what is revoked, and nothing else of the lists', async (t) => {
  const canonical = (lists: RevocationOptions['lists'], cas = [root, batch]): string =>
    load({ lists, whenStale: { grace: 60 } }, cas).canonical
  const ofBatch = await issue('batch', [])
  const one = canonical([await issue('root', ['0A', '0B']), ofBatch])
  const again = await issue('root', ['0B', '0A'], { thisUpdate: '-1h', nextUpdate: '+9d' })
  t.equal(canonical([ofBatch, again]), one)
  t.equal(canonical([ofBatch, again], [batch, root, root]), one)
  t.not(canonical([await issue('root', ['0A']), ofBatch]), one)
  t.not(canonical([await issue('root', ['0A', '0C']), ofBatch]), one)
  t.not(canonical(again), one)
  t.not(canonical([await issue('root', []), await issue('batch', ['0A', '0B'])]), one)
})

function loadAuthority(role: string): LoadedCertificate {
  return loadCa(`clientCas.payments.${role}`, pki.authority(role).certificate)
}

async function issue(
  issuer: string,
  serialNumbers: readonly string[],
  times: { readonly thisUpdate?: string; readonly nextUpdate?: string } = {},
): Promise<string> {
  return (await pki.revocationList({ issuer, serialNumbers, nextUpdate: '+7d', ...times })).pem
}

function load(options: RevocationOptions, cas: readonly LoadedCertificate[]): Revocation {
  return loadRevocation('clientCas.payments.revocation', options, cas)
}

function judge(
  revocation: Revocation,
  serialNumber: string,
  issuer: LoadedCertificate | null,
  now = Date.now(),
): ReturnType<typeof refusalOf> {
  return refusalOf(() => revocation.refuseRevoked(serialNumber, issuer, now))
}

function iso(distance: number): string {
  return new Date(mintedAt + distance).toISOString()
}

/** What `act` returns, and the warnings of stale lists that it gives. */
async function warningsOf<Value>(
  act: () => Value,
): Promise<{ readonly value: Value; readonly warnings: readonly string[] }> {
  const warnings: string[] = []
  const collect = (warning: Error & { readonly code?: string }): void => {
    if (warning.code === 'PEERGATE_REVOCATION_LIST_STALE') warnings.push(warning.message)
  }
  process.on('warning', collect)
  const value = act()
  await setImmediate()
  process.off('warning', collect)
  return { value, warnings }
}

function listBy({ subject, keys }: OwnAuthority, entries?: Uint8Array): Uint8Array {
  const parts = entries === undefined ? {} : { revoked: entries }
  return signRevocationList({ issuer: subject, ...parts }, keys.privateKey)
}
