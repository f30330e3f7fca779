import type { TLSSocket } from 'node:tls'
import { createServerNames } from '#core/tls/server-names.js'
import type { TrustState } from '#core/tls/trust-state.js'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'

const state = { contextOf: () => undefined } as unknown as TrustState

/** A connection whose client asks for `servername`, and has the context of it. */
function connect(hosts: ReadonlySet<string | null>, servername: string | false) {
  const names = createServerNames(hosts, () => state)
  const socket = { servername, isSessionReused: () => false }
  const refused: unknown[] = []
  if (servername !== false) {
    names.chooseContext.call(socket, servername, (error) => refused.push(error))
  }
  return { names, refused, socket: socket as unknown as TLSSocket & { servername: unknown } }
}

// Node cannot be made to do this as a client, and OpenSSL as a server lets a client do it.
t.test('refuses a client that changes the name behind a HelloRetryRequest', (t) => {
  const { names, refused, socket } = connect(new Set(['a.test', 'b.test']), 'a.test')
  t.strictSame(refused, [null])
  t.equal(names.hostOf(socket), 'a.test')
  t.equal(names.stateOf(socket, null), state)
  socket.servername = 'b.test'
  const fault = faultOf(() => names.hostOf(socket))
  t.equal(fault?.code, 'ERR_PEERGATE_HOST_UNKNOWN')
  t.equal(
    fault?.detail,
    'the client asked for b.test after it had asked for a.test, by whose CAs it was verified',
  )
  socket.servername = 'A.TEST'
  t.equal(names.hostOf(socket), 'a.test', 'another spelling is no other name')
  socket.servername = false
  t.equal(faultOf(() => names.hostOf(socket))?.code, 'ERR_PEERGATE_HOST_UNKNOWN')
  t.end()
})

t.test('takes no resumed session for one that a chosen context verified', (t) => {
  const { names, socket } = connect(new Set(['a.test']), 'a.test')
  Object.assign(socket, { isSessionReused: () => true })
  t.equal(names.stateOf(socket, state), null)
  const silent = connect(new Set(['a.test']), false)
  t.equal(silent.names.stateOf(silent.socket, state), null)
  t.end()
})

t.test('has one host for every name where there are none', (t) => {
  const { names, socket } = connect(new Set([null]), 'a.test')
  t.equal(names.hostOf(socket), null)
  socket.servername = 'b.test'
  t.equal(names.hostOf(socket), null)
  t.equal(names.stateOf(socket, state), state)
  t.end()
})
