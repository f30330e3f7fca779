import { findFaults } from '#cli/probe/find-faults.js'
import { formatReport } from '#cli/probe/format-report.js'
import type { ProbeReport } from '#cli/probe/probe-report.js'
import t from 'tap'
import { answered } from '../support/answered.js'

const look = { columns: 80, hasColors: false }

const report: ProbeReport = {
  url: 'https://localhost:8443/',
  server: { subject: 'CN=local\u202Ehost', notAfter: '2027-01-01T00:00:00.000Z' },
  versions: ['TLSv1.2', 'TLSv1.3'],
  clientCertificates: 'optional',
  refusesBy: null,
  clientCas: ['CN=1', 'CN=2', 'CN=3', 'CN=4', 'CN=5', 'CN=6', 'CN=7'],
  publicRoots: 2,
  attempts: [
    answered,
    {
      ...answered,
      client: 'stranger',
      outcome: 'refused',
      layer: 'http',
      status: 400,
      cause: 'no',
    },
    { ...answered, client: 'rogue', outcome: 'failed', code: 'ABORT_ERR', cause: 'no answer came' },
    {
      ...answered,
      client: 'own',
      outcome: 'denied',
      status: 403,
      code: 'ERR_X',
      cause: 'asked',
      remedy: 'look',
    },
  ],
  resumption: [
    { version: 'TLSv1.2', client: 'own', offered: false, resumed: false, status: 200 },
    { version: 'TLSv1.3', client: 'own', offered: true, resumed: true, status: null },
  ],
  forgedHeaders: { client: 'own', status: 403, forgedStatus: 200, effect: 'changed' },
  findings: [],
  open: [],
}

t.test('writes a report as it is read', async (t) => {
  t.equal(
    formatReport({ ...report, findings: findFaults(report, new Set()) }, look),
    `https://localhost:8443/

  server          CN=local\\u202ehost, valid until 2027-01-01
  speaks          TLS 1.2 and TLS 1.3
  certificates    optional: they are asked for, and TLS lets pass whoever has
                  none
  client CAs      CN=1
                  CN=2
                  CN=3
                  CN=4
                  CN=5
                  and 2 more
                  2 of them are public
  resumption      TLS 1.2 not offered
                  TLS 1.3 resumed, and not answered
  forged headers  change the answer, 403 without them and 200 with them

  as          TLS 1.2  TLS 1.3
  no one               answered 200
  a stranger           refused in HTTP, 400
  a rogue              failed (ABORT_ERR)
  yourself             denied 403 (ERR_X)

  a stranger: no
  a rogue: no answer came
  yourself: asked; look

3 findings
nobody-answered
  a client without a certificate is answered 200.
  To do: demand certificates, or let the application refuse who has none.
public-roots
  the server accepts client certificates of 2 public CAs, which issue them to
  anybody.
  To do: name the CA of its own clients as client CA, instead of the bundle of
  the system.
forged-headers-change-answer
  the answer changes by identity headers that a client sends.
  To do: let the proxy remove them in every location, and the service believe
  that proxy alone.
`,
  )
})

t.test('writes what is not known, and what was not tried', async (t) => {
  const unknown: ProbeReport = {
    ...report,
    clientCertificates: 'unknown',
    clientCas: null,
    publicRoots: null,
    resumption: [{ version: 'TLSv1.3', client: 'own', offered: true, resumed: false, status: 200 }],
    attempts: [{ ...answered, outcome: 'not-spoken' }],
    forgedHeaders: { client: 'own', status: 200, forgedStatus: null, effect: 'unknown' },
    open: ['whether forged headers are believed', 'what becomes of no one'],
  }
  const text = formatReport(unknown, look)
  for (const part of [
    /certificates +unknown: what is asked for could not be read/u,
    /client CAs +not known/u,
    /resumption +TLS 1\.3 offered, and not resumed/u,
    /forged headers +whether they change the answer cannot be told/u,
    /Not known: whether forged headers are believed\.\nNot known: what becomes of no one\.\n$/u,
    /a rogue: not tried, since no name of a CA is known/u,
    /no one +not spoken/u,
  ]) {
    t.match(text, part)
  }
  const off = formatReport(
    {
      ...unknown,
      clientCertificates: 'off',
      clientCas: [],
      publicRoots: 0,
      open: [],
      resumption: [],
      forgedHeaders: { client: 'own', status: 200, forgedStatus: 400, effect: 'refused' },
    },
    look,
  )
  t.match(off, /off: nobody is asked for one/u)
  t.match(off, /client CAs +none named/u)
  t.match(off, /resumption +not tried/u)
  t.match(off, /turned down \(400\)/u)
  t.match(off, /Nothing was found\. Give --cert and --key/u)
})

t.test('counts one as one', async (t) => {
  const one = findFaults(
    { ...report, attempts: [], forgedHeaders: null, publicRoots: 1 },
    new Set(),
  )
  t.match(one, [{ what: /certificates of 1 public CA, which/u }])
  t.match(formatReport({ ...report, findings: one }, look), '\n1 finding\n')
})

t.test('colours what is good and what is not', async (t) => {
  const strict: ProbeReport = { ...report, clientCertificates: 'strict', refusesBy: 'http' }
  const text = formatReport(strict, { columns: 80, hasColors: true })
  t.match(text, '\u001B[32mstrict\u001B[39m: whoever has none is refused by a page')
  t.match(text, '\u001B[31manswered 200\u001B[39m')
  t.match(text, '\u001B[1mhttps://localhost:8443/\u001B[22m')
})
