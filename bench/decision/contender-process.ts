// Measures one contender in a process of its own, started by `run-rounds.ts`: the parameters are its
// name, the number of grants, and the milliseconds for each measurement.
import { checkGauge } from '../measure.js'
import { contenders } from './contenders.js'

const [contender = '', ...figures] = process.argv.slice(2)
const [grants = 0, milliseconds = 0] = figures.map(Number)
const measure = contenders.get(contender)
if (measure === undefined || process.send === undefined) {
  throw new Error(`"${contender}" is no contender, or this process was not forked`)
}
await checkGauge(milliseconds)
process.send(await measure({ contender, grants, milliseconds }))
