import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { mintPki } from './mint-pki.js'
import type { Pki } from './mint-pki.js'
import type { PkiDeclaration } from './pki-declaration.js'

export interface WritePkiOptions {
  readonly declaration: PkiDeclaration
  /** The directory of the files; made where it is missing. */
  readonly directory: string
  /** The time in milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number
}

export interface WrittenPki {
  /** Why everything was minted, such as `server.pem is missing`; null where everything was kept. */
  readonly reason: string | null
}

/**
 * Brings the files of a declared PKI up to date: `<role>.pem` for every role and `<role>-key.pem`,
 * which only its owner may read, for every leaf. Keys of authorities are never written.
 *
 * Either everything is minted, or nothing is touched because every file is as it was minted and
 * has a third of its life before it. A certificate that was minted expired stays so; one that was
 * minted for the future is minted again before its time comes. Each file is replaced as a whole, the
 * manifest `minted.json` last, so that a reader never meets half a file and an interrupted call is
 * made good by the next.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of the declaration.
 * @example
 * ```ts
 * const { reason } = await writePki({ declaration, directory: 'certs' })
 * ```
 */
export async function writePki({
  declaration,
  directory,
  now = Date.now,
}: WritePkiOptions): Promise<WrittenPki> {
  const at = now()
  const reason = await reasonToMint(declaration, directory, at)
  if (reason === null) return { reason }

  const pki = await mintPki(declaration, { now: () => at })
  const files = filesOf(declaration)
  const manifest: Manifest = {
    declaration: digest(JSON.stringify(declaration)),
    files: digest(...files.map(({ read }) => read(pki))),
    mintedAt: new Date(at).toISOString(),
    mintAgainAt: mintAgainAt(declaration, pki, at).toISOString(),
  }
  await mkdir(directory, { recursive: true })
  // All of them, also behind one that fails, so that nothing is written after this has ended.
  const replaced = await Promise.allSettled(
    files.map(async ({ name, mode, read }) => replaceFile(join(directory, name), read(pki), mode)),
  )
  const failed = replaced.find(({ status }) => status === 'rejected')
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
  const text = `${JSON.stringify(manifest, null, 2)}\n`
  await replaceFile(join(directory, manifestName), text, forEveryone)
  return { reason }
}

/** What the files were minted from and how long they are good, in RFC 3339 text. */
interface Manifest {
  /** The SHA-256 of the declaration. */
  readonly declaration: string
  /** The SHA-256 of all files, so that those of two mintings are never taken for one. */
  readonly files: string
  readonly mintedAt: string
  readonly mintAgainAt: string
}

const manifestName = 'minted.json'

const forEveryone = 0o644
const forOwner = 0o600

async function reasonToMint(
  declaration: PkiDeclaration,
  directory: string,
  at: number,
): Promise<string | null> {
  const manifest = await readManifest(directory)
  if (manifest === null) return `${manifestName} is missing`
  if (manifest.declaration !== digest(JSON.stringify(declaration))) {
    return 'the declaration is not the one that was minted'
  }
  const [from, to] = [Date.parse(`${manifest.mintedAt}`), Date.parse(`${manifest.mintAgainAt}`)]
  // Put this way round, a time that is not one asks for new certificates as well.
  if (!(from <= at && at < to)) return 'a certificate is about to change its validity'

  const files = await Promise.all(
    filesOf(declaration).map(async ({ name, mode }) => {
      return { name, mode, found: await readIfPresent(join(directory, name)) }
    }),
  )
  const contents: string[] = []
  for (const { name, mode, found } of files) {
    if (found === null) return `${name} is missing`
    if ((found.mode & 0o777 & ~mode) !== 0) return `${name} is open to more than it was minted for`
    contents.push(found.content)
  }
  return manifest.files === digest(...contents) ? null : 'the files are not those minted together'
}

/** Null where there is no manifest; where there is none that can be read, one that fits nothing. */
async function readManifest(directory: string): Promise<Partial<Manifest> | null> {
  const file = await readIfPresent(join(directory, manifestName))
  if (file === null) return null
  try {
    return { ...JSON.parse(file.content) }
  } catch {
    return {}
  }
}

async function readIfPresent(path: string): Promise<{ content: string; mode: number } | null> {
  try {
    const [content, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    return { content, mode }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

interface PkiFile {
  readonly name: string
  readonly mode: number
  readonly read: (pki: Pki) => string
}

function filesOf({ authorities, leaves }: PkiDeclaration): readonly PkiFile[] {
  return [
    ...Object.keys(authorities).map((role) => ({
      name: `${role}.pem`,
      mode: forEveryone,
      read: (pki: Pki) => pki.authority(role).certificate,
    })),
    ...Object.keys(leaves).flatMap((role) => [
      { name: `${role}.pem`, mode: forEveryone, read: (pki: Pki) => pki.leaf(role).certificate },
      { name: `${role}-key.pem`, mode: forOwner, read: (pki: Pki) => pki.leaf(role).key },
    ]),
  ]
}

/** When the first certificate has lived two thirds of the time until its validity changes. */
function mintAgainAt({ authorities, leaves }: PkiDeclaration, pki: Pki, mintedAt: number): Date {
  const certificates = [
    ...Object.keys(authorities).map((role) => pki.authority(role)),
    ...Object.keys(leaves).map((role) => pki.leaf(role)),
  ]
  const changes = certificates
    .flatMap(({ notBefore, notAfter }) => [notBefore.getTime(), notAfter.getTime()])
    .filter((change) => change > mintedAt)
  return new Date(mintedAt + ((Math.min(...changes, lastTime) - mintedAt) * 2) / 3)
}

/** The last time that a `Date` can hold, for when every certificate was minted expired. */
const lastTime = 8.64e15

function digest(...contents: readonly string[]): string {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  return hash.digest('hex')
}

async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  // The name ends as the file's own, so that a repository that ignores `*.pem` ignores this one too.
  const temporary = join(dirname(path), `.${randomUUID()}.${basename(path)}`)
  try {
    await writeFile(temporary, content, { mode, flag: 'wx' })
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}
