import t from 'tap'
import { emailSan } from '@peergate/core'
import { emailName, namedBy } from '../support/certificate-facts.js'
import { acceptsAll, refusesAll } from '../support/identity-table.js'

const certify = (text: string) => namedBy(emailName(text))

void t.test('lowers the case of the domain, and keeps the local part', (t) => {
  acceptsAll(t, emailSan(), certify, [
    ['ada@example.com', 'ada@example.com'],
    ['Ada.Lovelace@Example.COM', 'Ada.Lovelace@example.com'],
    ['ada+tag@host', 'ada+tag@host'],
    ["!#$%&'+/=?^_`{|}~-@example.com", "!#$%&'+/=?^_`{|}~-@example.com"],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])
  t.end()
})

void t.test('refuses what is not a mailbox', (t) => {
  const shape = 'must be a local part, an @ and a domain'
  const localPart = 'the local part of a mailbox'
  const label = 'every label of a DNS name'
  refusesAll(t, emailSan(), certify, [
    ['', shape],
    ['ada', shape],
    ['@example.com', localPart],
    ['.ada@example.com', localPart],
    ['ada.@example.com', localPart],
    ['a..da@example.com', localPart],
    ['"ada"@example.com', localPart],
    ['"a@b"@example.com', localPart],
    ['a da@example.com', localPart],
    ['Ada <ada@example.com>', localPart],
    ['a*@example.com', localPart],
    ['*@example.com', localPart],
    ['ädä@example.com', localPart],
    ['ada\n@example.com', localPart],
    [`${'a'.repeat(65)}@example.com`, localPart],
    ['ada@', label],
    ['ada@b@example.com', label],
    ['ada@example.com\n', label],
    ['ada@example.com.', label],
    ['ada@bücher.example', label],
    ['ada@[192.0.2.1]', label],
    ['ada@192.0.2.1', 'must not be a number'],
  ])
  t.end()
})
