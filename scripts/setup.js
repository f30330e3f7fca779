// @ts-check
// Installs and builds the workspace and mints the development certificates, with nothing but Node and
// npm. What it prints goes to stderr, so that stdout belongs to the command behind it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'))

run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'])
run('npx', ['--no-install', 'tsc', '-b'])
run('node', ['scripts/mint-certs.js'])

/**
 * @param {string} command
 * @param {readonly string[]} parameters
 */
function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, {
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
  })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
