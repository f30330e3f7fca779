import { eventConformance } from '@peergate/testkit'
import t from 'tap'
import { targets } from './support/conformance-driver.js'

for (const target of targets) {
  for (const { name, run } of eventConformance) {
    t.test(`${target.protocol} ${name}`, () => run(target))
  }
}
