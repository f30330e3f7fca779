import { rolloutConformance } from '@peergate/testkit'
import t from 'tap'
import { createTarget } from './conformance-app.js'

for (const protocol of ['http/1.1', 'h2'] as const) {
  for (const { name, run } of rolloutConformance) {
    t.test(`fastify on ${protocol} ${name}`, () => run(createTarget(protocol)))
  }
}
