import { connect } from 'node:net'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { createTlsGate } from '@peergate/core'
import { createConformanceGates } from '@peergate/testkit'
import t from 'tap'
import { listen } from '../support/tls-connection.js'
import { createGatedServer } from '../support/tls-setting.js'

const { pki, issueClient } = await createConformanceGates()
const { certificate: cert, key } = pki.leaf('server')
const ca = pki.authority('server-ca').certificate

// Two connections of one client can have the same address and port, if they are to two addresses.
t.test('knows under which trust a handshake began, whoever connects meanwhile', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = `${folder}/ca.pem`
  writeFileSync(path, pki.authority('payments-client-ca').certificate)
  const tls = createTlsGate({ server: { cert, key }, clientCas: { payments: path } })
  const port = await listen(t, createGatedServer(tls), { host: '0.0.0.0', port: 0 })

  const early = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.1' })
  await once(early, 'connect')
  writeFileSync(path, pki.authority('batch-client-ca').certificate)
  await tls.reload()
  const late = connect({
    host: '127.0.0.2',
    port,
    localAddress: '127.0.0.1',
    localPort: Number(early.localPort),
  })
  await once(late, 'connect')
  t.teardown(() => late.destroy())
  t.equal(late.localPort, early.localPort)

  const worker = await issueClient()
  const socket = connectTls({
    socket: early,
    servername: 'localhost',
    ca,
    cert: worker.certificate,
    key: worker.key,
  })
  socket.on('error', () => undefined)
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  const answer = await text(socket).catch(() => '')
  t.equal(answer, '', 'the CA of the client was removed before its handshake')
})
