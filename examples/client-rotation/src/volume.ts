import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MintedLeaf } from '@peergate/testkit'

/** A folder whose files change all at once, as those of a secret that Kubernetes mounts. */
export interface Volume {
  readonly cert: string
  readonly key: string
  /** Puts a certificate and its key there; resolves when whoever opens the files finds them. */
  readonly swap: (leaf: MintedLeaf) => Promise<void>
  readonly remove: () => Promise<void>
}

export async function createVolume(first: MintedLeaf): Promise<Volume> {
  const folder = await mkdtemp(join(tmpdir(), 'peergate-client-rotation-'))
  let version = 0

  async function swap({ certificate, key }: MintedLeaf): Promise<void> {
    version += 1
    const name = `version-${version}`
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'cert.pem'), certificate)
    await writeFile(join(folder, name, 'key.pem'), key, { mode: 0o600 })
    await symlink(name, join(folder, 'next'))
    await rename(join(folder, 'next'), join(folder, 'current'))
  }

  await swap(first)
  return {
    cert: join(folder, 'current', 'cert.pem'),
    key: join(folder, 'current', 'key.pem'),
    swap,
    remove: async () => rm(folder, { recursive: true }),
  }
}
