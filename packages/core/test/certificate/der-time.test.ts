import { parseCertificate } from '@peergate/core'
import t from 'tap'
import { encodeCertificate } from '../support/certificate-encoder.js'
import { generalizedTime, sequence, utcTime, utf8String } from '../support/der-encoder.js'
import { refuseEach } from '../support/refusal.js'

void t.test('reads times to the second', (t) => {
  const rows: readonly (readonly [time: Uint8Array, iso: string])[] = [
    [utcTime('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    [utcTime('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    [utcTime('000229120000Z'), '2000-02-29T12:00:00.000Z'],
    [generalizedTime('20250430010203Z'), '2025-04-30T01:02:03.000Z'],
    [generalizedTime('20240229000000Z'), '2024-02-29T00:00:00.000Z'],
    [generalizedTime('00000101000000Z'), '0000-01-01T00:00:00.000Z'],
    [generalizedTime('00990101000000Z'), '0099-01-01T00:00:00.000Z'],
    [generalizedTime('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
  ]
  for (const [time, iso] of rows) {
    const { notAfter } = parseCertificate(encodeCertificate({ validity: validityUntil(time) }))
    t.equal(new Date(notAfter).toISOString(), iso)
  }
  t.end()
})

void t.test('refuses times that are not written in full or do not exist', (t) => {
  const illFormed = 'notAfter is not written YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ'
  const unreal = 'notAfter is a time that does not exist'
  const rows: readonly (readonly [rule: string, time: Uint8Array, detail: string])[] = [
    [
      'another type',
      utf8String('250101000000Z'),
      'notAfter is neither a UTCTime nor a GeneralizedTime',
    ],
    ['no seconds', utcTime('2501010000Z'), illFormed],
    ['an offset', utcTime('250101000000+0000'), illFormed],
    ['fractions', generalizedTime('20250101000000.5Z'), illFormed],
    ['a letter', utcTime('25010100000aZ'), illFormed],
    ['a blank', utcTime('25 101000000Z'), illFormed],
    ['local time', utcTime('2501010000001'), illFormed],
    ['month 0', utcTime('250001000000Z'), unreal],
    ['month 13', utcTime('251301000000Z'), unreal],
    ['day 0', utcTime('250100000000Z'), unreal],
    ['31 June', utcTime('250631000000Z'), unreal],
    ['31 April', utcTime('250431000000Z'), unreal],
    ['32 January', utcTime('250132000000Z'), unreal],
    ['29 February of a common year', utcTime('250229000000Z'), unreal],
    ['29 February 2100', generalizedTime('21000229000000Z'), unreal],
    ['30 February of a leap year', utcTime('240230000000Z'), unreal],
    ['24 o’clock', utcTime('250101240000Z'), unreal],
    ['60 minutes', utcTime('250101006000Z'), unreal],
    ['a leap second', utcTime('161231235960Z'), unreal],
  ]
  refuseEach(
    t,
    rows.map(([rule, time, detail]) => [rule, { validity: validityUntil(time) }, detail]),
  )
  t.end()
})

function validityUntil(notAfter: Uint8Array): Uint8Array {
  return sequence(utcTime('000101000000Z'), notAfter)
}
