import t from 'tap'
import { ipSan } from '@peergate/core'
import { compilePattern } from '#core/policy/pattern.js'
import { ipName, namedBy } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'
import { acceptsAll, refusesAll } from '../support/identity-table.js'
import { createSeededRandom } from '../support/seeded-random.js'

const certify = (bytes: readonly number[]) => namedBy(ipName(...bytes))

void t.test('writes the bytes of an address in the canonical text', (t) => {
  acceptsAll(t, ipSan(), certify, [
    [[192, 0, 2, 1], '192.0.2.1'],
    [[0, 0, 0, 0], '0.0.0.0'],
    [groups(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), '2001:db8::1'],
    [groups(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1'],
    [groups(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
    [groups(0x2001, 0, 0, 1, 0, 0, 0, 1), '2001:0:0:1::1'],
    [groups(0x10, 0, 0, 0x10, 0, 0, 0, 0x10), '10:0:0:10::10'],
    [groups(0, 0, 0, 0, 0, 0, 0, 0), '::'],
    [groups(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
    [groups(0xfe80, 0, 0, 0, 0, 0, 0, 0), 'fe80::'],
    [groups(0, 1, 2, 3, 4, 5, 6, 7), '0:1:2:3:4:5:6:7'],
    [groups(0, 0, 0, 0, 0, 0, 0xc000, 0x201), '::c000:201'],
  ])
  t.end()
})

void t.test('keeps an IPv4-mapped IPv6 address apart from the IPv4 address', (t) => {
  const mapped = ipSan().select(certify(groups(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201)))
  t.equal(mapped, '::ffff:192.0.2.1')
  t.notOk(compilePattern('ip', '192.0.2.1').matches(mapped))
  t.notOk(compilePattern('ip', '::ffff:192.0.2.1').matches('192.0.2.1'))
  t.end()
})

void t.test('refuses bytes that are not an address', (t) => {
  const fault = 'must be 4 or 16 bytes'
  refusesAll(t, ipSan(), certify, [
    [[], fault],
    [[192, 0, 2], fault],
    [[192, 0, 2, 0, 255, 255, 255, 0], `${fault}: "c0000200ffffff00"`],
    [Array.from({ length: 32 }, () => 0), fault],
  ])
  t.end()
})

void t.test('reads every spelling of an address as one', (t) => {
  const rows = [
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::', '::'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['::192.0.2.1', '::c000:201'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ] as const
  for (const [text, canonical] of rows) {
    t.equal(compilePattern('ip', text).exact, canonical, text)
  }
  t.end()
})

void t.test('refuses text that is not an address', (t) => {
  const texts = ['', '192.0.2', '192.0.2.01', '192.0.2.256', '0x7f.0.0.1', '192.0.2.1 ', '*']
  const longer = ['::1%eth0', 'fe80::1%1', '[::1]', '1::2::3', '::12345', '::ffff:192.0.2.01', 'a']
  for (const text of [...texts, ...longer]) {
    const error = faultOf(() => compilePattern('ip', text))
    t.equal(error?.code, 'ERR_PEERGATE_PATTERN_INVALID', text)
    t.match(error?.detail, 'an IP address must be IPv4 without leading zeros or IPv6')
  }
  t.end()
})

void t.test('reads back every address that it writes', (t) => {
  const random = createSeededRandom(5952)
  const sparse = () => (random.once(2) ? 0 : random.below(256))
  for (let round = 0; round < 2000; round += 1) {
    const length = random.once(2) ? 4 : 16
    const address = ipSan().select(certify(Array.from({ length }, sparse)))
    if (compilePattern('ip', address).exact !== address) t.fail(address)
  }
  t.end()
})

function groups(...values: readonly number[]): readonly number[] {
  return values.flatMap((value) => [value >> 8, value & 0xff])
}
