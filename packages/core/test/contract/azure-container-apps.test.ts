import { azureContainerApps } from '@peergate/core'
import type { ProxyNeverVerifies } from '@peergate/core'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'
import {
  certificateOf,
  escaped,
  pemOf,
  readLines,
  refused,
  sha256,
} from '../support/forwarded-text.js'

const contract = azureContainerApps({ proxyVerifies: false })
const leaf = certificateOf(1)
const issuer = certificateOf(2)
const hash = `Hash=${sha256(leaf)}`
const cert = `Cert="${escaped(pemOf(leaf))}"`
const chain = `Chain="${escaped(pemOf(leaf, issuer))}"`

t.test('says what it reads', (t) => {
  t.equal(contract.name, 'azure-container-apps')
  t.strictSame(contract.headers, [{ name: 'x-forwarded-client-cert' }])
  t.equal(contract.yields, 'certificate')
  t.ok(Object.isFrozen(contract))
  t.end()
})

t.test('yields a certificate that nobody verified', (t) => {
  const expected = { leaf, chain: [issuer], assurance: 'proxy-asserted' }
  // MicrosoftDocs/azure-docs: container-apps/client-certificate-authorization.md
  t.strictSame(readLines(contract, [`${hash};${cert};${chain};`]), expected)
  t.strictSame(readLines(contract, [`${hash};${cert};${chain}`]), expected)
  t.strictSame(readLines(contract, [`${hash};${cert};`]), { ...expected, chain: [] })
  t.end()
})

t.test('refuses all else', (t) => {
  const grammar = 'must be elements of key=value, each value bare or wholly in quotes'
  const rows: readonly (readonly [value: string, code: string, fault: string])[] = [
    ['', 'MISSING', 'says that the client has no certificate'],
    [';', 'MALFORMED', grammar],
    [`${hash};${cert};;`, 'MALFORMED', grammar],
    [`${hash};Cert="a;`, 'MALFORMED', grammar],
    [`${hash};${cert};,${hash};${cert};`, 'MALFORMED', grammar],
    [`${hash};${cert},${hash};${cert};`, 'AMBIGUOUS', 'must have exactly 1 element'],
    [`${hash};${chain};`, 'MALFORMED', 'must have a Cert'],
    [`${hash};URI=a;`, 'MALFORMED', 'must have a Cert'],
    [`${cert};`, 'MALFORMED', 'must have a Hash beside what it says of the client'],
    [
      `Hash=${sha256(issuer)};${cert};`,
      'AMBIGUOUS',
      'must have the SHA-256 of its certificate as Hash',
    ],
  ]
  for (const [value, code, fault] of rows) {
    t.strictSame(readLines(contract, [value]), refused(code, fault), value.slice(0, 60))
  }
  t.strictSame(readLines(contract, [cert, cert]), refused('AMBIGUOUS', 'must be sent once'))
  const none = refused('MISSING', 'the proxy sent no x-forwarded-client-cert')
  t.strictSame(readLines(contract, []), none)
  t.end()
})

t.test('refuses an operator’s word for a platform that never verifies', (t) => {
  for (const options of [{ proxyVerifies: true }, {}] as readonly unknown[]) {
    const fault = faultOf(() => azureContainerApps(options as ProxyNeverVerifies))
    t.equal(fault?.code, 'ERR_PEERGATE_OPTION_INVALID')
    t.equal(
      fault?.detail,
      'azureContainerApps: option "proxyVerifies" must be stated as false: this product verifies nothing',
    )
  }
  t.end()
})
