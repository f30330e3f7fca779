import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { rootCertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { createTlsGate } from '@peergate/core'
import type { TlsGateOptions } from '@peergate/core'
import { findProxy, formatTable, proxyNames, writeTestPki } from '@peergate/proxies'
import type { InstalledProxy } from '@peergate/proxies'
import { createTestPki } from '@peergate/testkit'
import { naiveBackend } from './backends.js'
import { plantedFaults } from './misconfigurations.js'
import { withProxy } from './open-edge.js'
import { probedProducts, probedSettings } from './probe-settings.js'
import type { ProbedSetting } from './probe-settings.js'
import { productCases } from './product-cases.js'

/** What `peergate probe` has to say of each server: what is demanded, over what, and what is wrong. */
const expectations: Readonly<Record<ProbedSetting, string>> = {
  strict: 'strict',
  optional: 'optional',
  off: 'off certificates-not-requested',
  'TLS 1.2 alone': 'strict over TLSv1.2 alone',
  'another client CA': 'strict own-refused',
  'public roots': 'strict public-roots own-refused',
  'forged headers': 'optional forged-headers-change-answer',
}

const bin = fileURLToPath(new URL('../../../packages/cli/bin/peergate.js', import.meta.url))
const parameters = process.argv.slice(2)
const requiresAll = parameters.includes('--require-all')
const wanted = parameters.filter((parameter) => !parameter.startsWith('--'))
const names = proxyNames.filter((name) => wanted.length === 0 || wanted.includes(name))
const pki = await createTestPki()
const certs = await writeTestPki(pki)
const own = await pki.client('accepted')
writeFileSync(join(certs, 'own.pem'), String(own.certificate))
writeFileSync(join(certs, 'own-key.pem'), String(own.key), { mode: 0o600 })

const rows: string[][] = []
for (const name of names) {
  const proxy = findProxy(name)
  if (proxy === null) rows.push([name, 'missing', '', '', requiresAll ? '✗' : ''])
  else for (const setting of probedSettings) rows.push(await probeProxy(proxy, setting))
}
for (const setting of probedSettings) rows.push(await probePeergate(setting))

const failed = rows.filter((row) => row.at(-1) === '✗').length
console.log(formatTable(['server', 'setting', 'expected', 'reported', ''], rows))
console.log(
  `\n${rows.length - failed} of ${rows.length} rows as expected, on Node ${process.version}`,
)
process.exitCode = failed === 0 ? 0 : 1

async function probeProxy(proxy: InstalledProxy, setting: ProbedSetting): Promise<string[]> {
  const { header } = plantedFaults[proxy.name]
  const replacements = setting === 'strict' ? [] : probedProducts[proxy.name][setting]
  const { files } = productCases[proxy.name]
  const edge = { proxy, certs, files, replacements, backend: naiveBackend(header) }
  let reported = ''
  await withProxy(edge, async (port) => {
    reported = await probe(port)
  }).catch((error: unknown) => (reported = String(error)))
  return rowOf(`${proxy.name} ${proxy.version}`, setting, reported)
}

function rowOf(server: string, setting: ProbedSetting, reported: string): string[] {
  const expected = expectations[setting]
  return [server, setting, expected, reported, reported === expected ? '✓' : '✗']
}

/** The gate itself; where no gate can be so, Node’s own server. */
async function probePeergate(setting: ProbedSetting): Promise<string[]> {
  const server = serverOf(setting)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const reported = await probe((server.address() as AddressInfo).port)
  server.closeAllConnections()
  server.close()
  return rowOf('Peergate', setting, reported)
}

function serverOf(setting: ProbedSetting): Server {
  const { cert, key } = pki.server
  const ca = pki.clientCas.clients.anchors
  switch (setting) {
    case 'off':
      return createServer({ cert, key }, answer)
    case 'TLS 1.2 alone':
      return createServer({ cert, key, ca, requestCert: true, maxVersion: 'TLSv1.2' }, answer)
    case 'public roots':
      return createServer({ cert, key, ca: [...rootCertificates], requestCert: true }, answer)
    case 'another client CA':
      return gatedServer(answer, {
        clientCas: { others: pki.pki.authority('wrong-ca').certificate },
      })
    case 'optional':
      return gatedServer(deny, { mode: 'observe' })
    case 'forged headers':
      return gatedServer(believe, { mode: 'observe' })
    case 'strict':
      break
  }
  return gatedServer(answer, {})
}

function gatedServer(
  listener: RequestListener,
  options: Partial<Pick<TlsGateOptions, 'clientCas' | 'mode'>>,
): Server {
  const { server: shown, clientCas } = pki
  const tls = createTlsGate({ server: shown, clientCas, minVersion: 'TLSv1.2', ...options })
  const server = createServer(tls.serverOptions, listener)
  tls.attach(server)
  return server
}

function answer(...[, response]: Parameters<RequestListener>): void {
  response.end('hello')
}

function believe(...[request, response]: Parameters<RequestListener>): void {
  const isKnown = request.headers['x-ssl-client-verify'] === 'SUCCESS'
  response.writeHead(isKnown ? 200 : 401).end()
}

function deny(...[, response]: Parameters<RequestListener>): void {
  response.writeHead(401).end()
}

interface Report {
  readonly clientCertificates: string
  readonly versions: readonly string[]
  readonly findings: readonly { readonly code: string }[]
}

/** What the command says of the server at a port, in one line. */
async function probe(port: number): Promise<string> {
  const { clientCertificates, versions, findings } = await runProbe(port)
  const alone = versions.length === 1 && versions[0] === 'TLSv1.2' ? ['over TLSv1.2 alone'] : []
  return [clientCertificates, ...alone, ...findings.map(({ code }) => code)].join(' ')
}

async function runProbe(port: number): Promise<Report> {
  const trusted = ['--ca', join(certs, 'server-ca.pem')]
  const self = ['--cert', join(certs, 'own.pem'), '--key', join(certs, 'own-key.pem')]
  const url = `https://localhost:${port}/probed`
  const command = [bin, 'probe', url, ...trusted, ...self, '--forge', '--json']
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')])
  return JSON.parse(out) as Report
}
