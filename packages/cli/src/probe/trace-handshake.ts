/**
 * The program of a child process: connects as nobody and lets Node write what OpenSSL sees of the
 * handshake to its standard error, which is the one place where the names of acceptable CAs can be read.
 */
import { connect } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'

const options = JSON.parse(String(process.argv[2])) as ConnectionOptions
// Nothing is sent and nothing believed: who the server is was judged, or is yet to be, elsewhere.
const socket = connect({ ...options, rejectUnauthorized: false })
socket.enableTrace()
socket.once('secureConnect', () => socket.destroy())
socket.on('error', () => socket.destroy())
