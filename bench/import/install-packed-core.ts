import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, realpath, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const workspace = fileURLToPath(new URL('../../../', import.meta.url))
const core = join(workspace, 'packages', 'core')

/**
 * Installs `@peergate/core` into an empty folder as it is published: packed, and with no more than the
 * dependencies that its manifest names, which are the copies that the workspace has.
 */
export async function installPackedCore(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  const target = join(modules, '@peergate', 'core')
  await mkdir(target, { recursive: true })
  // Without the folder that every entry of the tarball is in.
  await run('tar', ['-xzf', await pack(folder), '-C', target, '--strip-components', '1'])
  const { dependencies } = await readManifest(target)
  for (const name of Object.keys(dependencies)) {
    const link = join(modules, name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(await realpath(join(core, 'node_modules', name)), link, 'junction')
  }
}

/** The path of the tarball. */
async function pack(folder: string): Promise<string> {
  const { packageManager } = await readManifest(workspace)
  const destination = join(folder, 'tarball')
  await run('npx', ['--yes', packageManager, 'pack', '--pack-destination', destination], {
    cwd: core,
    shell: process.platform === 'win32',
  })
  const [name = ''] = await readdir(destination)
  return join(destination, name)
}

interface Manifest {
  readonly packageManager: string
  readonly dependencies: Readonly<Record<string, string>>
}

async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest
}
