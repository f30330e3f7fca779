import { ask, createEdgePki, findFirst, forgedLines } from '@peergate/proxies'
import { readerId, reportRows, startProxy } from '@peergate/proxies'
import type { EdgePki, ProxyName, Row } from '@peergate/proxies'
import { startService } from './service.js'

const pki = await createEdgePki()
await passThrough('haproxy', 'haproxy.cfg')
await passThrough('nginx', 'nginx.conf')

async function passThrough(name: ProxyName, file: string): Promise<void> {
  const proxy = findFirst([name])
  if (proxy === null) return
  const service = await startService(pki)
  const files = [new URL(`../${file}`, import.meta.url)]
  const { port, stop } = await startProxy(proxy, { files, certs: pki.folder, service })
  try {
    reportRows(`${name} ${proxy.version}, which passes TLS on`, await askThrough(pki, port))
  } finally {
    await stop()
    service.stop()
  }
}

async function askThrough({ issueClient }: EdgePki, port: number): Promise<readonly Row[]> {
  const leaf = await issueClient()
  const victim = await issueClient({ uri: ['spiffe://prod.example/ns/payments/sa/victim'] })
  const stranger = await issueClient({ issuer: 'stranger-ca' })
  const lines = Object.values(forgedLines).flatMap((forge) => forge(victim))
  return [
    { request: 'a client', expected: readerId, answer: await ask(pki, { port, leaf }) },
    {
      request: 'a client with the headers of every proxy',
      expected: readerId,
      answer: await ask(pki, { port, leaf, lines }),
    },
    { request: 'no certificate', expected: null, answer: await ask(pki, { port }) },
    {
      request: 'a certificate of an unknown CA',
      expected: null,
      answer: await ask(pki, { port, leaf: stranger }),
    },
  ]
}
