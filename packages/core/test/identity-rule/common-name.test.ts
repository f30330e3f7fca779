import t from 'tap'
import { commonName } from '@peergate/core'
import {
  attribute,
  certificateFacts,
  commonlyNamed,
  dnsName,
  namedBy,
} from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'

const organisation = attribute('2.5.4.10', 'Example')

void t.test('selects the one common name of the subject', (t) => {
  const billing = attribute('2.5.4.3', 'Billing Service')
  const subjects = [[[billing]], [[organisation], [billing]], [[organisation, billing]]]
  for (const subject of subjects) {
    t.equal(commonName().select(certificateFacts({ subject })), 'Billing Service')
  }
  t.equal(commonName().kind, 'commonName')
  t.end()
})

void t.test('refuses a subject without a common name', (t) => {
  const error = faultOf(() => commonName().select(certificateFacts({ subject: [[organisation]] })))
  t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_MISSING')
  t.equal(error?.detail, 'the subject must have exactly one commonName, found 0')
  const named = faultOf(() => commonName().select(namedBy(dnsName('billing.example'))))
  t.equal(named?.code, 'ERR_PEERGATE_IDENTITY_MISSING')
  t.end()
})

void t.test('refuses a subject with two common names, even if they are equal', (t) => {
  const first = attribute('2.5.4.3', 'Billing')
  const error = faultOf(() => commonName().select(commonlyNamed('Billing', 'Billing')))
  t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_AMBIGUOUS')
  const together = certificateFacts({ subject: [[first, first]] })
  const other = faultOf(() => commonName().select(together))
  t.equal(other?.code, 'ERR_PEERGATE_IDENTITY_AMBIGUOUS')
  t.end()
})

void t.test('refuses a common name that is not text', (t) => {
  const error = faultOf(() => commonName().select(commonlyNamed(null)))
  t.equal(error?.code, 'ERR_PEERGATE_IDENTITY_INVALID')
  t.equal(error?.detail, 'the commonName of the subject must be of a string type')
  t.end()
})
