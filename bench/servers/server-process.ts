// Serves one contestant in a process of its own, started by `contestant-process.ts`: the parameters are
// the names of its field and of itself.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Material } from '../material.js'
import { obeyParent, tellParent } from '../parent.js'
import { fields } from './fields.js'
import { measureSpan } from './measured-server.js'
import type { Span } from './measured-server.js'

const [field = '', contestant = ''] = process.argv.slice(2)
const create = (await fields.get(field)?.())?.[contestant]
if (create === undefined) throw new Error(`"${contestant}" does not compete in "${field}"`)
const [material] = (await once(process, 'message')) as [Material]
const server = await create(material)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
obeyParent(async (span: Span) => {
  const cost = measureSpan(server, span)
  tellParent({ ready: true })
  tellParent(await cost)
})
tellParent({ port: (server.address() as AddressInfo).port })
