import t from 'tap'
import { dnsSan } from '@peergate/core'
import { dnsName, namedBy } from '../support/certificate-facts.js'
import { acceptsAll, refusesAll } from '../support/identity-table.js'

const certify = (text: string) => namedBy(dnsName(text))
const label = 'a'.repeat(63)
const longest = `${label}.${label}.${label}.${'a'.repeat(61)}`

void t.test('lowers the case of a DNS name', (t) => {
  acceptsAll(t, dnsSan(), certify, [
    ['worker', 'worker'],
    ['Worker.Payments.Example', 'worker.payments.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['_grpc._tcp.example', '_grpc._tcp.example'],
    ['1.2.3.4a', '1.2.3.4a'],
    ['a--b.c', 'a--b.c'],
    [longest, longest],
  ])
  t.end()
})

void t.test('refuses what is not a DNS name', (t) => {
  const labels = 'every label of a DNS name'
  const number = 'last label of a DNS name must not be a number'
  refusesAll(t, dnsSan(), certify, [
    [`${longest}a`, 'must not exceed 253 characters'],
    ['', labels],
    ['.', labels],
    ['example.', labels],
    ['.example', labels],
    ['a..example', labels],
    ['-a.example', labels],
    ['a-.example', labels],
    [`${label}a.example`, labels],
    ['*.example', labels],
    ['a b.example', labels],
    ['a.example\n', labels],
    ['a.example\0.evil', labels],
    ['bücher.example', labels],
    ['wor\u{212a}er.example', labels],
    ['a.example:443', labels],
    ['2001:db8::1', labels],
    ['192.0.2.1', number],
    ['192.0.2.1000', number],
    ['127.1', number],
    ['2130706433', number],
  ])
  t.end()
})
