import { X509Certificate, createPrivateKey } from 'node:crypto'
import { chmod, mkdir, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writePki } from '@peergate/testkit'
import type { PkiDeclaration } from '@peergate/testkit'
import t from 'tap'
import { authority, leaf } from './pki-fixture.js'

const day = 86_400_000
const mintedAt = Date.UTC(2030, 0, 1)

const declaration: PkiDeclaration = {
  authorities: { ca: authority },
  leaves: { client: leaf, 'expired-client': { ...leaf, validity: { from: '-2d', to: '-1d' } } },
}

const files = [
  'ca.pem',
  'client-key.pem',
  'client.pem',
  'expired-client-key.pem',
  'expired-client.pem',
  'minted.json',
]

/** A directory with a PKI that was minted at the beginning of 2030, and a call that brings it up to date. */
async function minted(t: { testdir: () => string }, declared = declaration) {
  const directory = join(t.testdir(), 'certs')
  const write = async (now = mintedAt, changed = declared) =>
    (await writePki({ declaration: changed, directory, now: () => now })).reason
  await write()
  const read = async () =>
    Promise.all(
      (await readdir(directory)).map(async (name) => readFile(join(directory, name), 'utf8')),
    )
  return { directory, write, read }
}

t.test('writes a file for every role and a key for every leaf, and nothing else', async (t) => {
  const directory = join(t.testdir(), 'made', 'on', 'demand')
  t.same(await writePki({ declaration, directory }), { reason: 'minted.json is missing' })
  t.same((await readdir(directory)).toSorted(), files)
  const certificate = new X509Certificate(await readFile(join(directory, 'client.pem')))
  const key = createPrivateKey(await readFile(join(directory, 'client-key.pem')))
  t.ok(certificate.checkPrivateKey(key))
  t.ok(certificate.checkIssued(new X509Certificate(await readFile(join(directory, 'ca.pem')))))
})

t.test('lets only the owner read keys', async (t) => {
  const { directory } = await minted(t)
  const modes = await Promise.all(
    files.map(async (name) => ({ name, mode: (await stat(join(directory, name))).mode & 0o777 })),
  )
  for (const { name, mode } of modes) {
    if (name.endsWith('-key.pem')) t.equal(mode, 0o600, name)
    else t.equal(mode & ~0o044, 0o600, name)
  }
})

t.test('touches nothing while everything is as it was minted', async (t) => {
  const { write, read } = await minted(t)
  const before = await read()
  t.equal(await write(), null)
  t.equal(await write(mintedAt + 20 * day - 1), null)
  t.same(await read(), before)
})

t.test('mints everything again when', async (t) => {
  const reasons: Record<
    string,
    readonly [change: (directory: string) => Promise<void>, reason: string]
  > = {
    'a certificate is missing': [
      async (directory) => rm(join(directory, 'ca.pem')),
      'ca.pem is missing',
    ],
    'a key is missing': [
      async (directory) => rm(join(directory, 'client-key.pem')),
      'client-key.pem is missing',
    ],
    'the manifest is missing': [
      async (directory) => rm(join(directory, 'minted.json')),
      'minted.json is missing',
    ],
    'the manifest cannot be read': [
      async (directory) => writeFile(join(directory, 'minted.json'), '{'),
      'the declaration is not the one that was minted',
    ],
    'the manifest has no times': [
      async (directory) => editManifest(directory, { mintAgainAt: 'never' }),
      'a certificate is about to change its validity',
    ],
    'a file was changed': [
      async (directory) => writeFile(join(directory, 'client.pem'), ''),
      'the files are not those minted together',
    ],
    'a key can be read by others': [
      async (directory) => chmod(join(directory, 'client-key.pem'), 0o640),
      'client-key.pem is open to more than it was minted for',
    ],
    'a certificate can be written by others': [
      async (directory) => chmod(join(directory, 'ca.pem'), 0o666),
      'ca.pem is open to more than it was minted for',
    ],
  }
  for (const [name, [change, reason]] of Object.entries(reasons)) {
    t.test(name, async (t) => {
      const { directory, write, read } = await minted(t)
      const before = await read()
      await change(directory)
      t.equal(await write(), reason)
      t.equal(await write(), null)
      t.same((await readdir(directory)).toSorted(), files)
      const after = await read()
      for (const content of before.filter((content) => content.includes('BEGIN'))) {
        t.notOk(after.includes(content))
      }
    })
  }
})

async function editManifest(directory: string, change: object): Promise<void> {
  const path = join(directory, 'minted.json')
  const manifest: object = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...manifest, ...change }))
}

t.test('mints again when the declaration changed', async (t) => {
  const { write } = await minted(t)
  const changed = { ...declaration, leaves: { client: { ...leaf, subject: 'CN=other' } } }
  t.equal(await write(mintedAt, changed), 'the declaration is not the one that was minted')
  t.equal(await write(mintedAt, changed), null)
})

t.test('mints again before a certificate changes its validity', async (t) => {
  const reason = 'a certificate is about to change its validity'
  t.test('with a third of its life left', async (t) => {
    const { write } = await minted(t)
    t.equal(await write(mintedAt + 20 * day), reason)
    t.equal(await write(mintedAt + 20 * day), null)
  })
  t.test('so that a future one stays in the future', async (t) => {
    const future = { ...leaf, validity: { from: '+3d', to: '+9d' } }
    const { write } = await minted(t, { ...declaration, leaves: { future } })
    t.equal(await write(mintedAt + 2 * day - 1), null)
    t.equal(await write(mintedAt + 2 * day), reason)
  })
  t.test('and when the clock was set back to before it', async (t) => {
    const { write } = await minted(t)
    t.equal(await write(mintedAt - 1), reason)
  })
  t.test('but never because one was minted expired', async (t) => {
    const validity = { from: '-2d', to: '-1d' }
    const { write } = await minted(t, {
      authorities: { ca: { ...authority, validity } },
      leaves: { client: { ...leaf, validity } },
    })
    t.equal(await write(mintedAt + 36_500 * day), null)
  })
})

t.test('leaves the files alone when the declaration is faulty', async (t) => {
  const { write, read } = await minted(t)
  const before = await read()
  const faulty = { ...declaration, leaves: { client: { ...leaf, issuer: 'cb' } } }
  await t.rejects(write(mintedAt, faulty), { code: 'ERR_PEERGATE_OPTION_INVALID' })
  t.same(await read(), before)
})

t.test('replaces a file as a whole under a reader that has opened it', async (t) => {
  const { directory, write } = await minted(t)
  const path = join(directory, 'client.pem')
  const before = await readFile(path, 'utf8')
  const opened = await open(path)
  await write(mintedAt + 20 * day)
  t.equal(await opened.readFile('utf8'), before)
  t.not(await readFile(path, 'utf8'), before)
  await opened.close()
})

t.test('clears its temporary file away when a file cannot be replaced', async (t) => {
  const { directory, write } = await minted(t)
  await rm(join(directory, 'minted.json'))
  await rm(join(directory, 'client.pem'))
  await mkdir(join(directory, 'client.pem'))
  await t.rejects(write(), { code: 'EISDIR' })
  t.notOk((await readdir(directory)).includes('minted.json'))
  t.same(
    (await readdir(directory)).filter((name) => name.startsWith('.')),
    [],
  )
})

t.test('says so when a file cannot be read', async (t) => {
  const directory = t.testdir({ 'minted.json': {} })
  await t.rejects(writePki({ declaration, directory }), { code: 'EISDIR' })
})
