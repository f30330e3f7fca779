import { adapterConformance, createPlainTarget } from '@peergate/testkit'
import t from 'tap'

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const { name, run } of adapterConformance) {
    t.test(`${protocol} ${name}`, () => run(createPlainTarget(protocol)))
  }
}
