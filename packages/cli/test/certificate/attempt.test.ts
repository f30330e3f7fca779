import { attempt } from '#cli/certificate/attempt.js'
import { PeerGateError } from '@peergate/core'
import t from 'tap'

function fail(): never {
  throw new TypeError('ours')
}

t.test('gives a value, or the rule that was broken', async (t) => {
  t.strictSame(
    attempt(() => 1),
    { value: 1, refusal: null },
  )
  const code = 'ERR_PEERGATE_IDENTITY_MISSING'
  const refuse = () => {
    throw new PeerGateError(code, 'none')
  }
  t.strictSame(attempt(refuse), { value: null, refusal: { code, detail: 'none' } })
})

t.test('passes on what is a fault of ours', async (t) => {
  t.throws(() => attempt(fail), { name: 'TypeError', message: 'ours' })
})
