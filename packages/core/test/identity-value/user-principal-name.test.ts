import t from 'tap'
import { upn } from '@peergate/core'
import { namedBy, principalName } from '../support/certificate-facts.js'
import { acceptsAll, refusesAll } from '../support/identity-table.js'

const certify = (text: string) => namedBy(principalName(text))

void t.test('lowers the case of ASCII letters only', (t) => {
  acceptsAll(t, upn(), certify, [
    ['ada@corp.example', 'ada@corp.example'],
    ['ADA.Lovelace@Corp.Example', 'ada.lovelace@corp.example'],
    ['JÖRG@corp.example', 'jÖrg@corp.example'],
    ["o'neil+x@corp", "o'neil+x@corp"],
    [`${'a'.repeat(1022)}@b`, `${'a'.repeat(1022)}@b`],
  ])
  t.end()
})

void t.test('keeps names apart that Unicode folding or normalisation would merge', (t) => {
  const pairs = [
    ['\u{212a}@corp.example', 'k@corp.example'],
    ['\u{17f}@corp.example', 's@corp.example'],
    ['\u{130}@corp.example', 'i@corp.example'],
    ['\u{df}@corp.example', 'ss@corp.example'],
    ['e\u{301}@corp.example', '\u{e9}@corp.example'],
  ] as const
  for (const [one, other] of pairs) {
    t.not(upn().select(certify(one)), upn().select(certify(other)), JSON.stringify(one))
  }
  t.end()
})

void t.test('refuses what is not a user principal name', (t) => {
  const shape = 'must be a local part, one @ and a domain'
  const localPart = 'must be of visible characters without spaces or *'
  const label = 'every label of a DNS name'
  refusesAll(t, upn(), certify, [
    [`${'a'.repeat(1023)}@b`, 'must not exceed 1024 characters'],
    ['', shape],
    ['ada', shape],
    ['CORP\\ada', shape],
    ['ada@corp.example@evil.example', shape],
    ['@corp.example', localPart],
    ['a da@corp.example', localPart],
    ['ada\u{a0}@corp.example', localPart],
    ['ada\n@corp.example', localPart],
    ['ada\0@corp.example', localPart],
    ['ada\u{200b}@corp.example', localPart],
    ['\u{202e}ada@corp.example', localPart],
    ['\u{d800}@corp.example', localPart],
    ['*@corp.example', localPart],
    ['ada@', label],
    ['ada@\u{212a}orp.example', label],
    ['ada@corp.example.', label],
    ['ada@192.0.2.1', 'must not be a number'],
  ])
  t.end()
})
