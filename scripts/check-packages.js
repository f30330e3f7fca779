// @ts-check
// Packs the built packages and lets publint and are-the-types-wrong judge the tarballs: what a tarball
// exports is not what its directory does.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packPackages } from './packages/pack-packages.js'
import { runCommand } from './packages/run-command.js'

const folder = mkdtempSync(join(tmpdir(), 'peergate-tarballs-'))
try {
  const faults = Object.entries(packPackages(folder)).flatMap(([name, tarball]) =>
    [
      ['publint', '--strict', tarball],
      ['attw', '--profile', 'esm-only', tarball],
    ].flatMap(([judge = '', ...parameters]) => {
      const fault = runCommand('npx', ['--no-install', judge, ...parameters], '.')
      console.log(`${name}, ${judge}: ${fault ?? 'ok'}`)
      return fault === null ? [] : [fault]
    }),
  )
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
