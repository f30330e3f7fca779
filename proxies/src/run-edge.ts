import type { ProxyContract, TrustedProxies } from '@peergate/core'
import type { MintedLeaf } from '@peergate/testkit'
import { ask, askService } from './ask.js'
import type { Answer, AskOptions } from './ask.js'
import { createEdgePki, readerId } from './edge-pki.js'
import type { EdgePki } from './edge-pki.js'
import { findProxy } from './find-proxy.js'
import type { InstalledProxy, ProxyName } from './find-proxy.js'
import type { Forge } from './forged-lines.js'
import { reportRows } from './report-rows.js'
import type { Row } from './report-rows.js'
import { startService } from './service.js'
import type { Service } from './service.js'
import { startProxy } from './start-proxy.js'

export interface EdgeExample {
  /** The proxies that the configuration is for; the first one that is installed is started. */
  readonly proxies: readonly ProxyName[]
  /** The files of the configuration, the main one first. */
  readonly files: readonly URL[]
  readonly contract: ProxyContract
  /** How the proxy proves itself to the service; the example is run once for each. */
  readonly proofs: readonly TrustedProxies['proof'][]
  /** What a client sends to be taken for another. */
  readonly forge: Forge
}

/**
 * Starts a proxy and a service behind it, makes a few requests, and prints what came of them. The exit
 * code says whether they came out as declared; it is 0 where the proxy is not installed.
 */
export async function runEdge(example: EdgeExample): Promise<void> {
  const proxy = findFirst(example.proxies)
  if (proxy === null) return
  const pki = await createEdgePki()
  for (const proof of example.proofs) {
    const rows = await runOnce(example, { pki, proxy, proof })
    reportRows(`${proxy.name} ${proxy.version}, trusted by ${proof}`, rows)
  }
}

/** The first that is installed; says so where none is. */
export function findFirst(names: readonly ProxyName[]): InstalledProxy | null {
  for (const name of names) {
    const proxy = findProxy(name)
    if (proxy !== null) return proxy
  }
  console.log(`${names.join(' or ')} is missing; scripts/install-proxies.sh installs it`)
  return null
}

interface Run {
  readonly pki: EdgePki
  readonly proxy: InstalledProxy
  readonly proof: TrustedProxies['proof']
}

async function runOnce(
  { files, contract, forge }: EdgeExample,
  { pki, proxy, proof }: Run,
): Promise<readonly Row[]> {
  const service = await startService(pki, { contract, proof, user: proxy.product.runsAs })
  const { port, stop } = await startProxy(proxy, {
    files,
    certs: pki.folder,
    service: service.address,
  })
  const victim = await pki.issueClient({ uri: ['spiffe://prod.example/ns/payments/sa/victim'] })
  const through = async (own: Omit<AskOptions, 'port'>) => ask(pki, { port, ...own })
  try {
    return [
      ...(await askThrough(pki, through, forge(victim))),
      await askPast(pki, service, proof, forge(victim)),
    ]
  } finally {
    await stop()
    service.stop()
  }
}

async function askThrough(
  pki: EdgePki,
  through: (own: Omit<AskOptions, 'port'>) => Promise<Answer>,
  lines: readonly string[],
): Promise<readonly Row[]> {
  const leaf = await pki.issueClient()
  const stranger = await pki.issueClient({ issuer: 'stranger-ca' })
  const rows: [string, { leaf?: MintedLeaf; lines?: readonly string[] }, string | null][] = [
    ['a client', { leaf }, readerId],
    ['a client with forged headers', { leaf, lines }, readerId],
    ['no certificate', {}, null],
    ['no certificate, with forged headers', { lines }, null],
    ['a certificate of an unknown CA', { leaf: stranger }, null],
  ]
  const answers: Row[] = []
  for (const [request, own, expected] of rows) {
    answers.push({ request, expected, answer: await through(own) })
  }
  return answers
}

/** The weakest proof takes whoever has the address: here, everything of this host but 127.0.0.2. */
async function askPast(
  { pki }: EdgePki,
  { port }: Service,
  proof: TrustedProxies['proof'],
  lines: readonly string[],
): Promise<Row> {
  const where = { host: '127.0.0.1', port, localAddress: '127.0.0.2' }
  const isTls = proof === 'certificate'
  const tls = isTls ? { ca: pki.authority('server-ca').certificate } : undefined
  return {
    request: 'forged headers past the proxy',
    expected: isTls ? null : 'ERR_PEERGATE_PROXY_UNTRUSTED',
    answer: await askService(where, lines, tls),
  }
}
