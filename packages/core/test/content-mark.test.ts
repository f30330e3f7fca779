import { markBytes, markText } from '#core/content-mark.js'
import t from 'tap'

t.test('is the same for the same content, and another for most others', (t) => {
  for (const length of [0, 1, 47, 48, 49, 1_000]) {
    const text = 'abcdefgh'.repeat(200).slice(0, length)
    const bytes = Buffer.from(text)
    t.equal(markText(text), markText(bytes.toString()))
    t.equal(markBytes(bytes), markBytes(Uint8Array.from(bytes)))
    t.equal(markText(text), markBytes(bytes))
    t.not(markText(text), markText(`${text}x`))
    if (length > 0) t.not(markText(text), markText(`x${text.slice(1)}`))
  }
  t.end()
})
