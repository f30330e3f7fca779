import t from 'tap'
import { commonName } from '@peergate/core'
import { commonlyNamed } from '../support/certificate-facts.js'
import { acceptsAll, refusesAll } from '../support/identity-table.js'

void t.test('keeps a common name as it is', (t) => {
  const longest = '\u{1f511}'.repeat(64)
  const texts = ['Billing Service', 'billing service', 'a  b', '*', '*.example', 'Müller', longest]
  acceptsAll(
    t,
    commonName(),
    commonlyNamed,
    texts.map((text) => [text, text]),
  )
  t.end()
})

void t.test('refuses a common name that is too long or not plain to see', (t) => {
  const length = 'must be 1 to 64 characters'
  const control = 'must not have control, format or unassigned characters'
  const space = 'must not begin or end with a space'
  refusesAll(t, commonName(), commonlyNamed, [
    ['', length],
    ['a'.repeat(65), length],
    ['\u{1f511}'.repeat(65), length],
    ['a\0b', control],
    ['a\n', control],
    ['a\u{200b}b', control],
    ['a\u{202e}b', control],
    ['\u{e000}', control],
    ['\u{378}', control],
    ['\u{d800}', control],
    [' ', space],
    [' a', space],
    ['a ', space],
    ['a\u{a0}', space],
  ])
  t.end()
})
