// Measures what a request costs in one framework, started by `measure-passages.ts`: the parameters are the
// framework and the milliseconds of a measurement. Each message asks for one more.
import { once } from 'node:events'
import type { Material } from '../material.js'
import { timeEachNew } from '../measure.js'
import { obeyParent, tellParent } from '../parent.js'
import { createExpressPassage } from './express.js'
import { createFastifyPassage } from './fastify.js'

const creators = new Map([
  ['Fastify', createFastifyPassage],
  ['Express', createExpressPassage],
])

const [framework = '', milliseconds = '0'] = process.argv.slice(2)
const create = creators.get(framework)
if (create === undefined) throw new Error(`"${framework}" is no framework`)
const [material] = (await once(process, 'message')) as [Material]
const { newRequest, pass } = await create(material)
if (pass(newRequest()) === false) throw new Error(`${framework}: the request did not pass`)
obeyParent(async () => {
  const { nanoseconds } = await timeEachNew(newRequest, pass, Number(milliseconds))
  tellParent({ nanoseconds })
})
tellParent({ ready: true })
