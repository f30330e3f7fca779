// @ts-check
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun } from './run-command.js'

/**
 * The paths of the tarballs of all packages, by the name of the package, packed as they are published.
 *
 * @param {string} folder where they are put
 * @returns {Record<string, string>}
 */
export function packPackages(folder) {
  const { packageManager } = readManifest('.')
  return Object.fromEntries(
    readdirSync('packages').map((name) => {
      const directory = join('packages', name)
      const destination = join(folder, name)
      mustRun(
        'npx',
        ['--yes', packageManager, 'pack', '--pack-destination', destination],
        directory,
      )
      const [tarball = ''] = readdirSync(destination)
      return [readManifest(directory).name, join(destination, tarball)]
    }),
  )
}

/** @param {string} directory */
export function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}
