import { createPlainTarget, rolloutConformance } from '@peergate/testkit'
import t from 'tap'

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const { name, run } of rolloutConformance) {
    t.test(`${protocol} ${name}`, () => run(createPlainTarget(protocol)))
  }
}
