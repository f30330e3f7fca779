// @ts-check
// A real Prometheus for one run: on loopback, with its data in a folder that is removed again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * @typedef {object} Series
 * @property {Readonly<Record<string, string>>} labels
 * @property {number} value
 *
 * @typedef {object} Prometheus
 * @property {(query: string) => Promise<readonly Series[]>} query
 * @property {() => Promise<readonly { name: string, health: string }[]>} rules
 * @property {() => Promise<void>} stop
 */

const patience = 20_000

/**
 * @param {{ target: string, ruleFile: string }} options
 * @returns {Promise<Prometheus>}
 */
export async function startPrometheus({ target, ruleFile }) {
  const folder = await mkdtemp(join(tmpdir(), 'peergate-prometheus-'))
  const config = join(folder, 'prometheus.yml')
  await writeFile(config, JSON.stringify(configOf(target, ruleFile)))
  const address = `127.0.0.1:${await findFreePort()}`
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const kill = () => child.kill()
  process.once('exit', kill)
  await waitUntilReady(`http://${address}/-/ready`, ended)
  return {
    query: async (query) => readVector(await ask(address, 'query', { query })),
    async rules() {
      const { groups } = await ask(address, 'rules', {})
      return groups.flatMap((/** @type {{ rules: readonly object[] }} */ group) => group.rules)
    },
    async stop() {
      process.off('exit', kill)
      child.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * JSON is YAML.
 *
 * @param {string} target
 * @param {string} ruleFile
 */
function configOf(target, ruleFile) {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [ruleFile],
    scrape_configs: [{ job_name: 'peergate', static_configs: [{ targets: [target] }] }],
  }
}

/** @returns {Promise<number>} */
async function findFreePort() {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return address.port
}

/**
 * @param {string} url
 * @param {Promise<unknown>} ended
 */
async function waitUntilReady(url, ended) {
  let hasEnded = false
  void ended.then(() => (hasEnded = true))
  const deadline = Date.now() + patience
  while (!(await isReady(url))) {
    if (hasEnded) throw new Error('Prometheus ended at its start')
    if (Date.now() > deadline) throw new Error(`Prometheus is not ready after ${patience} ms`)
    await wait(100)
  }
}

/** @param {string} url */
async function isReady(url) {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

/**
 * @param {string} address
 * @param {string} what
 * @param {Readonly<Record<string, string>>} parameters
 */
async function ask(address, what, parameters) {
  const url = `http://${address}/api/v1/${what}?${new URLSearchParams(parameters).toString()}`
  const { status, data, error } = /** @type {any} */ (await (await fetch(url)).json())
  if (status !== 'success') throw new Error(`Prometheus: ${error}: ${JSON.stringify(parameters)}`)
  return data
}

/**
 * @param {{ result: readonly { metric: Readonly<Record<string, string>>, value: [number, string] }[] }} data
 * @returns {readonly Series[]}
 */
function readVector({ result }) {
  return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}
