import t from 'tap'
import { upn } from '@peergate/core'
import { namedBy, otherName, principalName } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'

void t.test('refuses a user principal name that is not text', (t) => {
  const error = faultOf(() => upn().select(namedBy(principalName(null))))
  t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_INVALID')
  t.equal(error?.detail, 'the value of a user principal name must be a UTF8String')
  t.end()
})

void t.test('tells a user principal name from other names by its whole type-id', (t) => {
  for (const typeId of ['1.3.6.1.4.1.311.20.2', '1.3.6.1.4.1.311.20.2.30', '1.3.6.1.5.2.2']) {
    const error = faultOf(() => upn().select(namedBy(otherName(typeId, 'ada@example.com'))))
    t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_MISSING', typeId)
  }
  t.end()
})
