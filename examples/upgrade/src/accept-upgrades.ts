import { createHash } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { PeerGateError } from '@peergate/core'
import type { Guard, PeerGate } from '@peergate/core'

/** Lets those clients of `gate` open WebSockets to `server` whom `guard` allows, and greets them. */
export function acceptUpgrades(server: Server, gate: PeerGate, guard: Guard): void {
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => socket.destroy())
    void accept(request, socket)
  })

  async function accept(request: IncomingMessage, socket: Duplex): Promise<void> {
    try {
      const { value } = gate.identify(request)
      const decision = await guard(gate.admit(request), request)
      if (!decision.allowed) throw decision.error
      socket.write(switchingProtocols(request))
      // Here the socket would be handed to a WebSocket server.
      socket.end(textFrame(value))
    } catch (error) {
      refuse(socket, error instanceof PeerGateError ? error.statusCode : 500)
    }
  }
}

/** The client learns the status and nothing else. */
function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** RFC 6455 §4.2.2. */
function switchingProtocols({ headers }: IncomingMessage): string {
  const accept = createHash('sha1')
    .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    '',
    '',
  ].join('\r\n')
}

/** One unmasked frame of less than 126 bytes (RFC 6455 §5.2). */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.of(0x81, payload.length), payload])
}
