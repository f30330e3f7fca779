// @ts-check
// Runs the tests, and the probes of real servers, on every supported line of Node, each a pinned version from the npm registry.
// `npm run test:nodes -- 22.23.3` runs them on the versions named, and `-- --others` on all but the one that
// runs this script, on which `npm test` has run them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Beside the gate; each Node traces a handshake in its own words, whatever the server. */
const probed = ['nginx']

const pinned = ['20.20.2', '22.23.3', '24.21.0', '26.10.0']
const named = process.argv.slice(2)
const others = pinned.filter((version) => version !== process.versions.node)
const chosen = named.length > 0 ? named : pinned
const results = (named.includes('--others') ? others : chosen).map((version) => ({
  version,
  passed: testOn(install(version)),
}))

for (const { version, passed } of results)
  console.log(`Node ${version}: ${passed ? 'ok' : 'FAILED'}`)
const failed = results.filter(({ passed }) => !passed).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/**
 * The path of a Node of this version.
 *
 * @param {string} version
 * @returns {string}
 */
function install(version) {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  const folder = `.nodes/${version}`
  const binary = `${folder}/node_modules/${name}/bin/node${platform === 'win' ? '.exe' : ''}`
  if (!existsSync(binary)) {
    run('npm', ['install', '--no-save', '--no-audit', '--prefix', folder, `${name}@${version}`])
  }
  return binary
}

/**
 * Whether all tests pass.
 *
 * @param {string} node
 * @returns {boolean}
 */
function testOn(node) {
  const tests = ['node_modules/tap/dist/esm/run.mjs', '--disable-coverage', '--reporter=terse']
  return run(node, tests) && run(node, ['proxies/.build/test/probes.js', ...probed])
}

/**
 * Whether a command ended well.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 * @returns {boolean}
 */
function run(command, parameters) {
  const { status, error } = spawnSync(command, parameters, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error !== undefined) throw error
  return status === 0
}
