import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { atExit } from './at-exit.js'
import type { InstalledProxy } from './find-proxy.js'
import { findFreePort } from './free-port.js'
import type { ProxyProduct, ServiceAddress } from './products.js'
import { giveFolder, makeTemporaryFolder } from './temporary-folder.js'

export interface StartProxyOptions {
  /**
   * Its configuration, the main file first. They are complete, with port 8443 of the proxy, port 3000
   * of the service and certificates in /etc/edge/; what they are here is put in the place of these.
   */
  readonly files: readonly URL[]
  /** The folder of the certificates. */
  readonly certs: string
  readonly service: ServiceAddress
  /** Changes the text of a file, for what the examples do not show. */
  readonly edit?: (text: string, file: string) => string
}

export interface RunningProxy {
  /** The free port of 127.0.0.1 that it listens on. */
  readonly port: number
  /** What it has said so far. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

/** Starts a proxy and waits until it speaks TLS. It ends with this process at the latest. */
export async function startProxy(
  proxy: InstalledProxy,
  options: StartProxyOptions,
): Promise<RunningProxy> {
  const first = await tryProxy(proxy, options)
  // Another process may have taken the port since it was found free.
  const isTaken = 'fault' in first && /in use/iu.test(first.fault)
  const running = isTaken ? await tryProxy(proxy, options) : first
  if ('port' in running) return running
  throw new Error(`${proxy.name} did not start; it said:\n${running.fault}`)
}

interface Failure {
  readonly fault: string
}

async function tryProxy(
  { product, binary }: InstalledProxy,
  options: StartProxyOptions,
): Promise<Failure | RunningProxy> {
  const folder = makeTemporaryFolder()
  if (product.runsAs !== undefined) giveFolder(folder, product.runsAs)
  const port = await findFreePort()
  const config = writeFiles(product, options, folder, port)
  const log = join(folder, 'output.log')
  const child = spawnIntoFile(binary, product.parameters(config, folder), log)
  const output = () => readFileSync(log, 'utf8').slice(-mostShown)
  const stop = stopper(child)
  if (await isUp(child, port, options)) return { port, output, stop }
  await stop()
  return { fault: output() }
}

const mostShown = 20_000

/** Copies the files into `folder`, with what is true here; returns the path of the first. */
function writeFiles(
  { writeService }: ProxyProduct,
  { files, certs, service, edit = (text) => text }: StartProxyOptions,
  folder: string,
  port: number,
): string {
  const [main = ''] = files.map((url) => {
    const name = basename(fileURLToPath(url))
    const path = join(folder, name)
    const text = edit(readFileSync(url, 'utf8'), name)
      .replaceAll(writeService({ port: 3000 }), writeService(service))
      .replaceAll('8443', `${port}`)
      .replaceAll('/etc/edge/', `${certs}/`)
      .replaceAll('/etc/traefik/', `${folder}/`)
    writeFileSync(path, text)
    return path
  })
  return main
}

/** Into a file and not into a pipe: httpd opens its standard error by name. */
function spawnIntoFile(binary: string, parameters: readonly string[], log: string): ChildProcess {
  const file = openSync(log, 'a')
  const folder = dirname(log)
  try {
    return spawn(binary, parameters, {
      // A group of its own, so that its workers end with it.
      detached: true,
      stdio: ['ignore', file, file],
      env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    })
  } finally {
    closeSync(file)
  }
}

/** Ends the group of a process: politely, and after a while by force. */
function stopper(child: ChildProcess): () => Promise<void> {
  const exited = once(child, 'exit').catch(() => undefined)
  const forget = atExit(() => signalGroup(child, 'SIGKILL'))
  return async () => {
    signalGroup(child, 'SIGTERM')
    await Promise.race([exited, wait(patience, undefined, { ref: false })])
    signalGroup(child, 'SIGKILL')
    await exited
    forget()
  }
}

const patience = 3000

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // The whole group has ended.
  }
}

async function isUp(
  child: ChildProcess,
  port: number,
  { certs }: StartProxyOptions,
): Promise<boolean> {
  const ca = readFileSync(join(certs, 'server-ca.pem'))
  for (let waited = 0; waited < longestStart && isRunning(child); waited += 50) {
    if (await shakesHands(port, ca)) return true
    await wait(50)
  }
  return false
}

const longestStart = 20_000

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

/** Traefik listens before it has read which certificate it has, so that to connect is not enough. */
async function shakesHands(port: number, ca: Buffer): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca })
  try {
    await once(socket, 'secureConnect')
    return true
  } catch (error) {
    // Over TLS 1.2, whoever demands a certificate says so before the handshake is over.
    return /alert number (?:40|42|116)$/mu.test((error as Error).message)
  } finally {
    socket.on('error', () => undefined).destroy()
  }
}
