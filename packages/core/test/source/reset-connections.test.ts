import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { forwardedSource, nginx, trustedByAddress, trustedByUnixSocket } from '@peergate/core'
import type { TrustedProxies } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { createForwardedGate } from '../support/forwarding-server.js'

const { issueClient } = await createConformanceGates()
const { certificate } = await issueClient()

/** A whole head of a request, and a body that is still to come. */
const request = [
  'POST / HTTP/1.1',
  `X-SSL-Client-Cert: ${encodeURIComponent(certificate)}`,
  'X-SSL-Client-Verify: SUCCESS',
  'Host: localhost',
  'Content-Length: 10',
  '',
  '',
].join('\r\n')

async function sendAndReset(port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  socket.write(request, () => socket.resetAndDestroy())
  await closed
}

const times = 500
const unixSocket = trustedByUnixSocket()

for (const [name, trustedProxies] of [
  ['an address', trustedByAddress({ addresses: ['192.0.2.1'] })],
  ['a Unix socket', unixSocket],
] as const satisfies readonly (readonly [string, TrustedProxies])[]) {
  t.test(`F4 a client that resets its connection is not taken for ${name}`, async (t) => {
    const contract = nginx({ certificate: 'x-ssl-client-cert', verify: 'x-ssl-client-verify' })
    const gate = createForwardedGate(forwardedSource({ contract, trustedProxies }))
    const answers: string[] = []
    const server = createServer((request) => {
      // Asked behind the gate, which is the first to ask for the address.
      const { identity, refusal } = gate.admit(request)
      if (request.socket.remoteAddress !== undefined) return
      answers.push(identity?.value ?? String(refusal?.code))
    })
    unixSocket.attach(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    t.teardown(() => server.close())
    const { port } = server.address() as AddressInfo

    // Not every reset overtakes the request that it follows.
    for (let sent = 0; answers.length < times && sent < 4 * times; sent += 1) {
      await sendAndReset(port)
    }
    t.equal(answers.length, times)
    t.strictSame([...new Set(answers)], ['ERR_PEERGATE_PROXY_UNTRUSTED'])
  })
}
