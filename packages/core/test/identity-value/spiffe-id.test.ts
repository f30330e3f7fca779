import t from 'tap'
import { spiffe } from '@peergate/core'
import { namedBy, uriName } from '../support/certificate-facts.js'
import { acceptsAll, refusesAll } from '../support/identity-table.js'

const certify = (text: string) => namedBy(uriName(text))

void t.test('keeps a SPIFFE ID as it is', (t) => {
  const longest = `spiffe://prod.example/${'a'.repeat(2048 - 'spiffe://prod.example/'.length)}`
  const texts = [
    'spiffe://prod.example/worker',
    'spiffe://prod.example/ns/payments/sa/worker',
    'spiffe://prod.example/NS/Payments/a.b-c_d/0',
    'spiffe://prod.example/...',
    'spiffe://prod.example/.hidden/a..b',
    longest,
  ]
  acceptsAll(
    t,
    spiffe({ trustDomain: 'prod.example' }),
    certify,
    texts.map((text) => [text, text]),
  )
  t.end()
})

void t.test('takes every trust domain of the syntax', (t) => {
  for (const trustDomain of ['a', '0', 'a_b-c.d', '-', '192.0.2.1', 'a'.repeat(255)]) {
    const id = `spiffe://${trustDomain}/worker`
    t.equal(spiffe({ trustDomain }).select(certify(id)), id)
  }
  t.end()
})

void t.test('refuses what is not a SPIFFE ID', (t) => {
  const length = 'must not exceed 2048 bytes'
  const scheme = 'must begin with spiffe://'
  const trustDomain = 'trust domain of a SPIFFE ID must be 1 to 255'
  const segment = 'every path segment of a SPIFFE ID'
  refusesAll(t, spiffe({ trustDomain: 'prod.example' }), certify, [
    ['', scheme],
    ['https://prod.example/worker', scheme],
    ['SPIFFE://prod.example/worker', scheme],
    [' spiffe://prod.example/worker', scheme],
    ['spiffe:/prod.example/worker', scheme],
    ['spiffe:///worker', trustDomain],
    ['spiffe://Prod.example/worker', trustDomain],
    ['spiffe://prod.example:443/worker', trustDomain],
    ['spiffe://user@prod.example/worker', trustDomain],
    ['spiffe://prod%2eexample/worker', trustDomain],
    ['spiffe://*/worker', trustDomain],
    ['spiffe://prod.example?/worker', trustDomain],
    ['spiffe://\u{212a}/worker', trustDomain],
    [`spiffe://${'a'.repeat(256)}/worker`, trustDomain],
    ['spiffe://prod.example', 'must have a path'],
    ['spiffe://prod.example/', segment],
    ['spiffe://prod.example/worker/', segment],
    ['spiffe://prod.example//worker', segment],
    ['spiffe://prod.example/./worker', segment],
    ['spiffe://prod.example/a/../worker', segment],
    ['spiffe://prod.example/%2e%2e', segment],
    ['spiffe://prod.example/worker?admin', segment],
    ['spiffe://prod.example/worker#admin', segment],
    ['spiffe://prod.example/*', segment],
    ['spiffe://prod.example/a b', segment],
    ['spiffe://prod.example/worker\n', segment],
    ['spiffe://prod.example/worker\0', segment],
    ['spiffe://prod.example/wörker', segment],
    [`spiffe://prod.example/${'a'.repeat(2048)}`, length],
  ])
  t.end()
})
