import { envoyXfccJson } from '@peergate/core'
import type { SubjectAlternativeName } from '@peergate/core'
import t from 'tap'
import { dnsName, uriName } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'
import {
  certificateOf,
  escaped,
  fingerprint,
  pemOf,
  readLines,
  refused,
  sha256,
} from '../support/forwarded-text.js'

const single = { proxyVerifies: true, elements: 1, hop: 1 }
const contract = envoyXfccJson(single)
const lenient = envoyXfccJson({ ...single, hash: 'optional' })

const leaf = certificateOf(1)
const issuer = certificateOf(2)
const hash = sha256(leaf)

t.test('says what it reads', (t) => {
  t.equal(contract.name, 'envoy-xfcc-json')
  t.strictSame(contract.headers, [{ name: 'x-forwarded-client-cert' }])
  t.equal(contract.yields, 'either')
  t.ok(Object.isFrozen(contract))
  t.end()
})

t.test('takes an empty object for no certificate', (t) => {
  const absent = 'says that the client has no certificate'
  for (const value of ['', '[]', ' [ ] ', '[{}]', '[ { } ]']) {
    t.strictSame(readLines(contract, [value]), refused('MISSING', absent), value)
  }
  t.strictSame(
    readLines(contract, []),
    refused('MISSING', 'the proxy sent no x-forwarded-client-cert'),
  )
  const second = envoyXfccJson({ ...single, elements: 2, hop: 2 })
  t.strictSame(readLines(second, [`[{},{"hash":"${hash}"}]`]), refused('MISSING', absent))
  t.strictSame(readLines(second, ['[{}]']), refused('AMBIGUOUS', 'must have exactly 2 elements'))
  t.end()
})

t.test('yields the certificate, and what was sent with it', (t) => {
  const cert = pemOf(leaf)
  const rows: readonly (readonly [object: object, chain: readonly Uint8Array[]])[] = [
    [{ by: ['a'], hash, cert, uri: ['b'] }, []],
    [{ hash, chain: [cert, pemOf(issuer)] }, [issuer]],
    [
      { dns: ['a'], chain: [cert, pemOf(issuer)], cert, hash, subject: '', issuer: 'CN=a' },
      [issuer],
    ],
  ]
  for (const [object, chain] of rows) {
    const expected = { leaf, chain, assurance: 'proxy-verified' }
    t.strictSame(readLines(contract, [JSON.stringify([object])]), expected)
  }
  t.end()
})

t.test('yields the names where no certificate is forwarded', (t) => {
  const rows: readonly (readonly [string, ...SubjectAlternativeName[]])[] = [
    // envoyproxy/envoy: docs/root/configuration/http/http_conn_man/headers.rst
    [
      '[{"by":["http://frontend.lyft.com"],"subject":"/C=US/ST=CA/L=San Francisco/OU=Lyft/CN=Test Client","uri":["http://testclient.lyft.com"],"dns":["lyft.com","www.lyft.com"]}]',
      uriName('http://testclient.lyft.com'),
      dnsName('lyft.com'),
      dnsName('www.lyft.com'),
    ],
    // envoyproxy/envoy: test/common/http/conn_manager_utility_test.cc MtlsSanitizeSetClientCertJsonEscaping
    [
      '[{"subject":"/CN=\\"test\\\\server\\"/O=Org","uri":["spiffe://cluster.local/ns/\\"quoted\\""],"dns":["host\\"with\\"quotes.com","back\\\\slash.com"]}]',
      uriName('spiffe://cluster.local/ns/"quoted"'),
      dnsName('host"with"quotes.com'),
      dnsName('back\\slash.com'),
    ],
    // MtlsSanitizeSetClientCertJsonRoundtrip: one character for each byte
    ['[{"dns":["mal\\u00c0\\u00fficious.com"]}]', dnsName('malÀÿicious.com')],
    ['[{"uri":["a;URI=b,By=c",""]}]', uriName('a;URI=b,By=c')],
    ['[{"by":[]}]'],
    // Members of no meaning are passed over, whatever they are called.
    ['[{"uri":["a"],"URIs":["b"],"__proto__":{"dns":["c"]},"other":[{"uri":[1]}]}]', uriName('a')],
    ['[{"URI":["a"],"Cert":"b","HASH":1}]'],
  ]
  for (const [value, ...names] of rows) {
    const expected = { names, fingerprint256: null, assurance: 'proxy-verified' }
    t.strictSame(readLines(lenient, [value]), expected, value)
  }
  const withHash = readLines(contract, [`[{"hash":"${hash}","uri":["a"]}]`])
  t.hasStrict(withHash, { fingerprint256: fingerprint(hash) })
  t.end()
})

t.test('counts the elements from the right', (t) => {
  // what a client sent stands before what Envoy appended
  const value = `[{"uri":["spiffe://example.org/admin"]},{"hash":"${hash}","uri":["spiffe://example.org/mallory"]}]`
  const [near, far] = [1, 2].map((hop) =>
    envoyXfccJson({ proxyVerifies: true, elements: 2, hop, hash: 'optional' }),
  ) as [typeof contract, typeof contract]
  t.hasStrict(readLines(near, [value]), { names: [uriName('spiffe://example.org/mallory')] })
  t.hasStrict(readLines(far, [value]), { names: [uriName('spiffe://example.org/admin')] })
  t.strictSame(readLines(contract, [value]), refused('AMBIGUOUS', 'must have exactly 1 element'))
  const many = JSON.stringify(Array.from({ length: 17 }, () => ({ uri: ['a'] })))
  t.strictSame(readLines(contract, [many]), refused('MALFORMED', 'must have at most 16 elements'))
  t.end()
})

t.test('refuses what is no JSON of that form', (t) => {
  let number = 0
  const json = 'must be JSON'
  const type = 'must be an array of objects with members of the right type'
  const rows: readonly (readonly [value: string, detail: string])[] = [
    // Envoy appends to whatever stands between brackets.
    [`[garbage,{"hash":"${hash}","uri":["spiffe://example.org/mallory"]}]`, json],
    // winhowes/AuthTranslator
    ['{"URI":', json],
    ['["bad"]', type],
    ['[', json],
    ['[{"uri":["a"]}', json],
    ['[{"uri":["a', json],
    ['[{"uri":["a\\', json],
    ['[{"uri":["a"],}]', json],
    ['[{"uri":["a"]}],', json],
    ["[{'uri':['a']}]", json],
    ['[{uri:["a"]}]', json],
    ['[{"uri":["a"]}] []', json],
    ['[{"uri":["a"]}]// a', json],
    ['[{"uri":["\\x"]}]', json],
    ['URI=spiffe://a', json],
    ['{"uri":["a"]}', type],
    ['"a"', type],
    ['null', type],
    ['[null]', type],
    ['[[]]', type],
    ['[[{"uri":["a"]}]]', type],
    ['[{"uri":"a"}]', type],
    ['[{"uri":[1]}]', type],
    ['[{"uri":null}]', type],
    ['[{"dns":{"0":"a"}}]', type],
    ['[{"hash":["a"]}]', type],
    ['[{"cert":1}]', type],
    ['[{"chain":"a"}]', type],
    ['[{"by":"a"}]', type],
    ['[{"subject":[]}]', type],
    ['[{"issuer":{}}]', type],
    [`[{"x":${'['.repeat(7)}${']'.repeat(7)}}]`, 'must not be nested deeper than 8'],
    // Looked at before it is parsed, which takes long.
    [`[{"x":${'['.repeat(7)}`, 'must not be nested deeper than 8'],
    [`[${'{},'.repeat(16)}`, 'must have at most 16 elements'],
    [`[{"x":[${'{"a":0},'.repeat(256)}0]}]`, 'must have at most 256 members'],
    [`[{"x":[${'[],'.repeat(513)}0]}]`, 'must have at most 512 commas'],
    [`[{"x":["${','.repeat(513)}",${'[],'.repeat(510)}0],"uri":"a"}]`, type],
    [`[{"uri":["a"],"dns":[${'"b",'.repeat(99)}"c"]}]`, 'must have at most 100 names of a client'],
    [`[{"x":"${'['.repeat(9)}\\"[","uri":"a"}]`, type],
    [`{${'"a":0,'.repeat(17)}"b":0}`.replaceAll(/"a"/gu, () => `"${(number += 1)}"`), type],
    ['[{"uri":["a"],"hash":"abc"}]', 'must have a Hash of 64 hexadecimal digits'],
    // PEM is escaped in the text form alone.
    [`[{"cert":"${escaped(pemOf(leaf))}"}]`, 'must hold PEM certificates and nothing else'],
    // MtlsSanitizeSetClientCertJsonCertEscaping
    ['[{"cert":"MIIB\\"cert\\\\data\\"=="}]', 'must hold PEM certificates and nothing else'],
    [
      JSON.stringify([{ chain: [pemOf(leaf).trimEnd(), pemOf(issuer)] }]),
      'must hold PEM certificates and nothing else',
    ],
    ['[{"chain":[]}]', 'must hold PEM certificates and nothing else'],
  ]
  for (const [value, detail] of rows) {
    const expected = refused('MALFORMED', detail)
    t.strictSame(readLines(lenient, [value]), expected, value.slice(0, 60))
  }
  t.strictSame(
    readLines(contract, ['[{"uri":["a"]}]']),
    refused('MALFORMED', 'must have a Hash beside what it says of the client'),
  )
  const depth = `[{"uri":["a"],"x":${'['.repeat(6)}${']'.repeat(6)}}]`
  t.hasStrict(readLines(lenient, [depth]), { names: [uriName('a')] })
  t.end()
})

t.test('refuses a member that is there twice, of which JSON.parse keeps the last', (t) => {
  const values = [
    // winhowes/AuthTranslator
    '{"URI":"spiffe://cluster.local/ns/team/sa/caller","uri":"spiffe://cluster.local/ns/other/sa/caller"}',
    '{"URI":"spiffe://cluster.local/ns/other/sa/caller","URI":"spiffe://cluster.local/ns/team/sa/caller"}',
    '[{"uri":["a"],"uri":["b"]}]',
    '[{"uri":["a"],"URI":["b"]}]',
    '[{"uri":["a"],"u\\u0072i":["b"]}]',
    '[{"uri":["a"] , "\\u0075ri" : ["a"]}]',
    `[{"hash":"${hash}","hash":"${hash}"}]`,
    '[{"uri":["a"],"x":{"y":1,"z":{},"y":2}}]',
    '[{"uri":["a\\"b"],"x\\"":1,"x\\"":2}]',
    '[{"__proto__":1,"__proto__":2}]',
  ]
  for (const value of values) {
    const detail = 'must not have two members of one name'
    t.strictSame(readLines(lenient, [value]), refused('AMBIGUOUS', detail), value)
  }
  const apart = '[{"uri":["a","a"],"x":{"uri":1},"y":[{"uri":1},{"uri":"\\"uri\\":"}],"z":"uri"}]'
  t.hasStrict(readLines(lenient, [apart]), { names: [uriName('a'), uriName('a')] })
  t.end()
})

t.test('refuses two lines, of which one may be text', (t) => {
  const lines = ['[{"uri":["a"]}]', 'URI=a']
  const detail = 'must be sent once'
  t.strictSame(readLines(lenient, lines), refused('AMBIGUOUS', detail))
  t.end()
})

t.test('names itself in the errors of its options', (t) => {
  const fault = faultOf(() => envoyXfccJson({ ...single, hop: 2 }))
  t.equal(fault?.detail, 'envoyXfccJson: option "hop" must not exceed option "elements"')
  t.end()
})
