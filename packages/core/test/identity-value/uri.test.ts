import t from 'tap'
import { uriSan } from '@peergate/core'
import { namedBy, uriName } from '../support/certificate-facts.js'
import { acceptsAll, refusesAll } from '../support/identity-table.js'

const certify = (text: string) => namedBy(uriName(text))

void t.test('lowers the case of scheme and host, and of nothing else', (t) => {
  acceptsAll(t, uriSan(), certify, [
    ['https://example.com', 'https://example.com'],
    ['HTTPS://Example.COM/Path?Query#Fragment', 'https://example.com/Path?Query#Fragment'],
    ['https://example.com/', 'https://example.com/'],
    ['https://example.com/a/', 'https://example.com/a/'],
    ['https://example.com:8443/a', 'https://example.com:8443/a'],
    ['https://example.com/%C3%84/%c3%a4', 'https://example.com/%C3%84/%c3%a4'],
    ['https://example.com/a%2Fb', 'https://example.com/a%2Fb'],
    ['https://example.com/.../.a/a.', 'https://example.com/.../.a/a.'],
    ['https://example.com?../..', 'https://example.com?../..'],
    ['https://192.0.2.1/a', 'https://192.0.2.1/a'],
    ['https://[2001:DB8:0::1]:443/a', 'https://[2001:db8::1]:443/a'],
    ['https://[::FFFF:c000:201]', 'https://[::ffff:192.0.2.1]'],
    ['spiffe://prod.example/worker', 'spiffe://prod.example/worker'],
    ['URN:Example:A', 'urn:Example:A'],
    ['urn:example:a/b', 'urn:example:a/b'],
    ['tag:example.com,2026:worker', 'tag:example.com,2026:worker'],
    ['app:/worker', 'app:/worker'],
    [`urn:${'a'.repeat(2044)}`, `urn:${'a'.repeat(2044)}`],
  ])
  t.end()
})

void t.test('refuses a URI that is malformed, relative or has a second spelling', (t) => {
  const characters = 'of the characters of RFC 3986'
  const scheme = 'must have a scheme'
  const delimiters = 'must have [ and ] around an IPv6 address only'
  const segments = 'must not have empty, . or .. segments'
  const authority = 'must be a host and at most a port'
  const label = 'every label of a DNS name'
  refusesAll(t, uriSan(), certify, [
    [`urn:${'a'.repeat(2045)}`, 'must not exceed 2048 bytes'],
    ['', characters],
    ['urn:a b', characters],
    ['urn:a\n', characters],
    ['urn:ä', characters],
    ['urn:a\\b', characters],
    ['urn:"a"', characters],
    ['urn:%', characters],
    ['urn:%2', characters],
    ['urn:%zz', characters],
    ['https://example.com/*', characters],
    ['worker', scheme],
    ['/a:b', scheme],
    ['//example.com/a', scheme],
    [':a', scheme],
    ['1a:b', scheme],
    ['a%41:b', scheme],
    ['urn:', scheme],
    ['urn:?a', scheme],
    ['urn:a[b]', delimiters],
    ['https://example.com/a?[b]', delimiters],
    ['https://example.com/a#b#c', delimiters],
    ['https://example.com//a', segments],
    ['https://example.com/a//', segments],
    ['https://example.com/.', segments],
    ['https://example.com/./a', segments],
    ['https://example.com/a/../b', segments],
    ['https://example.com/a/..?b', segments],
    ['https://example.com/%2e/a', segments],
    ['https://example.com/.%2E/a', segments],
    ['https://example.com/%2E%2e', segments],
    ['urn:..', segments],
    ['urn:%2e%2e/a', segments],
    ['https://user@example.com/', authority],
    ['https://user:secret@example.com/', authority],
    ['https://example.com:', authority],
    ['https://example.com:a', authority],
    ['https://example.com:123456', authority],
    ['https://[192.0.2.1]/', authority],
    ['https://[::1/', authority],
    ['https://[::1]a/', authority],
    ['https://[::1%25eth0]/', 'IPv6 without a zone'],
    ['https://[::g]/', 'IPv6 without a zone'],
    ['file:///etc/passwd', label],
    ['https://example.com./', label],
    ['https://ex%61mple.com/', label],
    ['https://a,b/', label],
    ['https://192.0.2/', 'last label of a DNS name must not be a number'],
  ])
  t.end()
})
