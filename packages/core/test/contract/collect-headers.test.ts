import { collectHeaders, createHeaderFinder } from '#core/contract/collect-headers.js'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'

const headers = [{ name: 'x-cert' }, { name: 'x-chain', isList: true }]

t.test('collects the lines of its headers, in whatever case they are written', (t) => {
  const raw = ['Host', 'a', 'X-CERT', 'b', 'x-chain', 'c', 'x-other', 'd', 'X-Chain', 'e']
  const collected = collectHeaders(raw, headers)
  t.equal(collected.value('x-cert'), 'b')
  t.strictSame(collected.lines('x-chain'), ['c', 'e'])
  t.equal(collected.value('host'), null)
  t.strictSame(collected.lines('x-other'), [])
  const none = collectHeaders([], headers)
  t.equal(none.value('x-cert'), null)
  t.strictSame(none.lines('x-chain'), [])
  t.end()
})

t.test('refuses what can be read in two ways, or is no plain text', (t) => {
  const lines = Array.from({ length: 1000 }, (_, at) => [`x-${at}`, '']).flat()
  for (const [raw, code, detail] of [
    [['x-cert', 'a', 'X-Cert', 'a'], 'AMBIGUOUS', 'x-cert must be sent once'],
    [['x_cert', 'a'], 'AMBIGUOUS', 'x-cert must be spelt with dashes, and is not'],
    [['x-cert', 'a', 'X.Cert', 'a'], 'AMBIGUOUS', 'x-cert must be spelt with dashes, and is not'],
    [['x~cert', 'a'], 'AMBIGUOUS', 'x-cert must be spelt with dashes, and is not'],
    [['X_Chain', ''], 'AMBIGUOUS', 'x-chain must be spelt with dashes, and is not'],
    [
      lines,
      'AMBIGUOUS',
      'the request must have fewer than 1000 header lines, behind which some may be lost',
    ],
    [['x-cert', 'a'.repeat(32_769)], 'MALFORMED', 'x-cert must not exceed 32768 characters'],
    [['x-cert', 'é'], 'MALFORMED', 'x-cert must be printable ASCII'],
    [['x-cert', 'a\u007F'], 'MALFORMED', 'x-cert must be printable ASCII'],
    [['x-chain', 'a\tb'], 'MALFORMED', 'x-chain must be printable ASCII'],
    [['x-cert', 'a\n'], 'MALFORMED', 'x-cert must be printable ASCII'],
  ] as const) {
    const fault = faultOf(() => collectHeaders(raw, headers))
    t.equal(faultOf(() => collectHeaders(raw, headers))?.detail, fault?.detail, 'each time')
    t.equal(fault?.code, `ERR_PEERGATE_FORWARDED_IDENTITY_${code}`)
    t.equal(fault?.detail, detail)
    t.equal(fault?.layer, 'proxy')
  }
  const chain = Array.from({ length: 101 }, () => ['x-chain', '']).flat()
  const fault = faultOf(() => collectHeaders(chain, headers))
  t.equal(fault?.code, 'ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED')
  t.equal(fault?.detail, 'x-chain must have at most 100 lines')
  t.equal(collectHeaders(chain.slice(2), headers).lines('x-chain').length, 100)
  t.doesNotThrow(() => collectHeaders(lines.slice(2), headers))
  t.doesNotThrow(() => collectHeaders(['x-cert', 'a'.repeat(32_768)], headers))
  t.doesNotThrow(() => collectHeaders(['x-cert'], headers))
  t.end()
})

t.test('takes no line from behind the headers that only the proxy writes', (t) => {
  const anchored = [{ name: 'x-cert', before: ['host', 'connection'] }]
  const valueOf = (...raw: readonly string[]) => collectHeaders(raw, anchored).value('x-cert')
  t.equal(valueOf('X-Cert', 'a', 'Host', 'b'), 'a')
  t.equal(valueOf('Host', 'b', 'X-Cert', 'a', 'Connection', 'close', 'accept', 'c'), 'a')
  t.equal(valueOf('Host', 'b'), null)
  for (const raw of [
    ['Host', 'b', 'X-Cert', 'a'],
    ['Host', 'b', 'Connection', 'close', 'accept', 'c', 'x-cert', 'a'],
    ['x-cert', 'a'],
  ]) {
    t.equal(
      faultOf(() => collectHeaders(raw, anchored))?.detail,
      'x-cert must be set before host or connection, or it may be the client’s own',
    )
  }
  t.end()
})

t.test('takes the names that it knows for what they were, and looks at the values anew', (t) => {
  const find = createHeaderFinder(headers)
  t.strictSame(find(['X-Cert', 'a', 'Host', 'b']), [['a'], []])
  t.strictSame(find(['X-Cert', 'c', 'Host', 'd']), [['c'], []])
  t.strictSame(find(['Host', 'X-Cert', 'X-Cert', 'e']), [['e'], []])
  t.strictSame(find(['X-Cert', 'f', 'Host', 'g', 'X-Chain', 'h']), [['f'], ['h']])
  t.strictSame(find(['X-Cert']), [[''], []])
  for (const turn of [1, 2]) {
    t.equal(faultOf(() => find(['X_Cert', 'a', 'Host', 'b']))?.layer, 'proxy', `turn ${turn}`)
  }
  t.end()
})
