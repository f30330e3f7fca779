import t from 'tap'
import { dnsSan } from '@peergate/core'
import { dnsName, namedBy } from '../support/certificate-facts.js'
import { faultOf } from '../support/fault-of.js'

void t.test('shows a refused text as JSON that cannot leave its line', (t) => {
  const rows = [
    ['a"b', String.raw`"a\"b"`],
    ['a\r\nb', String.raw`"a\r\nb"`],
    ['\u{1b}[31m', String.raw`"\u001b[31m"`],
    ['\u{7f}\u{9b}31m', String.raw`"\u007f\u009b31m"`],
    ['\u{2028}\u{2029}', String.raw`"\u2028\u2029"`],
    ['\u{202e}evil', String.raw`"\u202eevil"`],
    ['\u{e0041}', String.raw`"\udb40\udc41"`],
    ['\u{d800}', String.raw`"\ud800"`],
    ['bücher.example', '"bücher.example"'],
  ] as const
  for (const [text, shown] of rows) {
    t.ok(quotedIn(text).endsWith(`: ${shown}`), shown)
    t.equal(JSON.parse(shown), text)
  }
  t.end()
})

void t.test('cuts a long text', (t) => {
  t.ok(quotedIn(`*${'a'.repeat(199)}`).endsWith(`: "*${'a'.repeat(199)}"`))
  t.ok(quotedIn(`*${'a'.repeat(200)}`).endsWith(`: "*${'a'.repeat(199)}…"`))
  t.end()
})

function quotedIn(text: string): string {
  return faultOf(() => dnsSan().select(namedBy(dnsName(text))))?.detail ?? ''
}
