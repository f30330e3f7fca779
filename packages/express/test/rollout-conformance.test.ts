import { rolloutConformance } from '@peergate/testkit'
import t from 'tap'
import { createTarget } from './conformance-app.js'
import { versions } from './test-app.js'

for (const [version, createApp] of versions) {
  for (const { name, run } of rolloutConformance) {
    t.test(`express ${version} ${name}`, () => run(createTarget(createApp)))
  }
}
