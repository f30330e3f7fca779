import { revocationSchema } from '#core/tls/revocation-options.js'
import { parseOptions } from '@peergate/core/options'
import t from 'tap'
import { refusalOf } from '../support/refusal.js'

const materialFault =
  'must be the path of a file, PEM text, bytes of PEM or DER, or a list of these'
const staleFault = 'option "whenStale" must be "fail" or { grace: whole seconds }'
const graceFault = 'option "whenStale.grace" must be of 1 to 31536000 seconds, a year'

t.test('takes lists and a rule for stale ones', (t) => {
  for (const options of [
    { lists: 'crl.pem' },
    { lists: Uint8Array.of(1) },
    { lists: ['crl.pem', Uint8Array.of(1)], whenStale: 'fail' },
    { lists: 'crl.pem', whenStale: { grace: 1 } },
    { lists: 'crl.pem', whenStale: { grace: 31_536_000 } },
    { lists: 'crl.pem', whenStale: undefined },
  ]) {
    t.same(parseOptions('createTlsGate', revocationSchema(), options), options)
  }
  t.end()
})

t.test('refuses options that are not well-formed', (t) => {
  for (const [options, fault] of [
    [{}, `option "lists" ${materialFault}`],
    [{ lists: '' }, `option "lists" ${materialFault}`],
    [{ lists: null }, `option "lists" ${materialFault}`],
    [{ lists: [] }, 'option "lists" must hold at least one list'],
    [{ lists: [''] }, `option "lists" ${materialFault}`],
    [{ list: 'a', lists: 'a' }, 'option "list" is not known; did you mean "lists"?'],
    [{ lists: 'a', whenStale: 'warn' }, staleFault],
    [{ lists: 'a', whenStale: null }, staleFault],
    [{ lists: 'a', whenStale: {} }, staleFault],
    [{ lists: 'a', whenStale: { grace: 0 } }, graceFault],
    [{ lists: 'a', whenStale: { grace: -1 } }, graceFault],
    [{ lists: 'a', whenStale: { grace: 1.5 } }, staleFault],
    [{ lists: 'a', whenStale: { grace: '60' } }, staleFault],
    [{ lists: 'a', whenStale: { grace: Infinity } }, staleFault],
    [{ lists: 'a', whenStale: { grace: 31_536_001 } }, graceFault],
    [{ lists: 'a', whenStale: { grace: 60, days: 1 } }, 'option "whenStale.days" is not known'],
  ] as const) {
    t.same(
      refusalOf(() => parseOptions('createTlsGate', revocationSchema(), options)),
      { code: 'ERR_PEERGATE_OPTION_INVALID', detail: `createTlsGate: ${fault}` },
    )
  }
  t.end()
})
