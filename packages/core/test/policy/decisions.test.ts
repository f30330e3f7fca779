import t from 'tap'
import { compareDecisions } from '../support/compare-decisions.js'

// `npm run test:decisions` tries many more.
t.test('decides and explains as a plain reading of the rules does', async (t) => {
  const { allowed, denied, reasons } = compareDecisions(3000, 2026)
  t.equal(allowed + denied, 3000)
  t.ok(allowed > 600 && denied > 600, `${allowed} allowed, ${denied} denied`)
  t.strictSame([...reasons.keys()].toSorted(), [
    'assurance',
    'assurance-too-low',
    'authenticated',
    'denied',
    'granted',
    'not-granted',
    'trust-set',
    'trust-set-mismatch',
  ])
})
