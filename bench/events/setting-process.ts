// Measures one setting in a process of its own, started by `main.ts`: the parameters are its name and the
// milliseconds for each measurement.
import { checkGauge } from '../measure.js'
import { measureSetting } from './measure-setting.js'
import { settings } from './settings.js'

const [name = '', milliseconds = '0'] = process.argv.slice(2)
const setting = settings.get(name)
if (setting === undefined || process.send === undefined) {
  throw new Error(`"${name}" is no setting, or this process was not forked`)
}
await checkGauge(Number(milliseconds))
process.send(await measureSetting(setting, Number(milliseconds)))
