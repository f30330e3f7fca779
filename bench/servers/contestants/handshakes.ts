import { constants } from 'node:crypto'
import { createServer } from 'node:https'
import type { SecureContextOptions } from 'node:tls'
import type { Material } from '../../material.js'
import type { Contestants } from '../contestant.js'
import { createTls } from './gates.js'

/** Servers that are only connected to. */
export const handshakes: Contestants = {
  bare: createWithoutTickets,
  'bare, again': createWithoutTickets,
  'bare, with session tickets': async (material) => create(material, {}),
  Peergate: async (material) => {
    const tls = createTls(material)
    const server = createServer(tls.serverOptions)
    tls.attach(server)
    return server
  },
}

/** As the TLS gate does unless it is told otherwise: to issue tickets costs more. */
async function createWithoutTickets(material: Material) {
  return create(material, { secureOptions: constants.SSL_OP_NO_TICKET })
}

function create({ server, clientCa }: Material, options: SecureContextOptions) {
  return createServer({
    ...options,
    cert: server.certificate,
    key: server.key,
    ca: clientCa,
    requestCert: true,
    rejectUnauthorized: true,
  })
}
