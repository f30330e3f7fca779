// Measures a decision that nobody listens to, in a process of its own, started by `measure-share.ts`: the
// parameter is the milliseconds of a measurement. Each message asks for one more, or whether a subscriber
// would be told of it.
import { onGateEvent } from '@peergate/core'
import { createDecider } from '../decision/contenders/peergate.js'
import { createWork } from '../decision/work.js'
import { measureCall } from '../measure.js'
import { obeyParent, tellParent } from '../parent.js'

/** What is asked of this process. */
export type Order = 'measure' | 'subscribe'

const milliseconds = Number(process.argv[2])
const work = createWork(1_000)
const { meet, ask } = createDecider(work)
const peer = meet(work.identity)
const request = { method: 'GET', url: '/invoices/42', rawHeaders: ['host', 'localhost'] }
const params = { id: '42' }
const place = { raw: request, route: 'GET /invoices/:id' }
const placeOf = () => place
const decide = () => ask.allowed(peer, request, params, placeOf)

obeyParent(async ({ order }: { readonly order: Order }) => {
  if (order === 'subscribe') return tellParent({ isTold: isTold() })
  const { nanoseconds } = await measureCall(decide, milliseconds)
  tellParent({ nanoseconds })
})
tellParent({ ready: true })

function isTold(): boolean {
  let told = 0
  const subscription = onGateEvent(() => (told += 1), { types: ['permission-allowed'] })
  void decide()
  subscription.stop()
  return told > 0
}
