// Measures what a request costs in one framework, started by `measure-passages.ts`: the parameters are the
// framework and the milliseconds of a measurement. Each message asks for one more.
import { once } from 'node:events'
import type { Material } from '../material.js'
import { measureEachNew } from '../measure.js'
import { createExpressPassage } from './express.js'
import { createFastifyPassage } from './fastify.js'

const creators = new Map([
  ['Fastify', createFastifyPassage],
  ['Express', createExpressPassage],
])

const [framework = '', milliseconds = '0'] = process.argv.slice(2)
const create = creators.get(framework)
if (create === undefined || process.send === undefined) {
  throw new Error(`"${framework}" is no framework, or this process was not forked`)
}
const [material] = (await once(process, 'message')) as [Material]
const { newRequest, pass } = await create(material)
if (pass(newRequest()) === false) throw new Error(`${framework}: the request did not pass`)
process.once('disconnect', () => process.exit())
process.on('message', async () => {
  const { nanoseconds } = await measureEachNew(newRequest, pass, Number(milliseconds))
  process.send?.({ nanoseconds })
})
process.send({ ready: true })
