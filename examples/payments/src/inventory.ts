import { formatInventory } from '@peergate/core'
import { startExpress } from './express-server.js'
import { startFastify } from './fastify-server.js'
import type { StartServer } from './payments-server.js'

const format = process.argv.includes('--table') ? 'table' : 'markdown'
const [onFastify, onExpress] = [await listRoutes(startFastify), await listRoutes(startExpress)]
console.log(onFastify)
if (onExpress !== onFastify) {
  console.error(`On Express, the inventory is another:\n${onExpress}`)
  process.exitCode = 1
}

/** The inventory of a running server. */
async function listRoutes(start: StartServer): Promise<string> {
  const server = await start({ port: 0, onRefused: () => {} })
  const inventory = formatInventory(server.inventory(), format)
  await server.close()
  return inventory
}
