import t from 'tap'
import { describeValidity } from '#core/tls/validity-note.js'

const notBefore = Date.UTC(2026, 0, 1)
const notAfter = Date.UTC(2027, 0, 1)

t.test('states this clock and the distance to the validity', (t) => {
  for (const [now, note] of [
    [notAfter + 1, '2027-01-01T00:00:00.001Z, less than 1 s after the end at 2027-01-01'],
    [notAfter + 93_784_000, '2027-01-02T02:03:04.000Z, 1 d 2 h 3 min 4 s after the end at 2027'],
    [notBefore - 60_000, '2025-12-31T23:59:00.000Z, 1 min before the begin at 2026-01-01'],
    [
      notAfter,
      '2027-01-01T00:00:00.000Z, and the certificate itself is valid from ' +
        '2026-01-01T00:00:00.000Z to 2027-01-01T00:00:00.000Z; look at its issuers',
    ],
    [Number.NaN, 'no valid time, and the certificate itself is valid'],
  ] as const) {
    t.match(describeValidity({ notBefore, notAfter }, now), `this clock says ${note}`)
  }
  t.equal(describeValidity(null, notAfter), 'this clock says 2027-01-01T00:00:00.000Z')
  t.end()
})
