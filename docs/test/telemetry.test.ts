import { readFileSync } from 'node:fs'
import { gateChannels } from '@peergate/core'
import t from 'tap'
import { root } from './markdown.js'

t.test('the documentation lists every type of event with its channel', async (t) => {
  const page = readFileSync(`${root}docs/telemetry.md`, 'utf8')
  const rows = Array.from(
    page.matchAll(/^\| `([\w-]+)` +\| `(peergate:[\w:-]+)` +\|/gmu),
    (row) => [row[1], row[2]],
  )
  t.strictSame(Object.fromEntries(rows), gateChannels)
})
