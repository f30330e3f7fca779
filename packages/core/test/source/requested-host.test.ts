import { refuseOtherHost } from '#core/source/requested-host.js'
import type { RequestLike } from '@peergate/core'
import t from 'tap'
import { faultOf } from '../support/fault-of.js'

function detailOf(request: RequestLike): string | undefined {
  return faultOf(() => refuseOtherHost(request, 'a.test'))?.detail
}

t.test('tells a request without a host from one for another', (t) => {
  const another = 'the request names another host, and its connection is for a.test'
  const none = 'the request names no host, and its connection is for a.test'
  for (const [request, detail] of [
    [{ url: '/', rawHeaders: ['Host', 'a.test'] }, undefined],
    [{ url: '/', rawHeaders: [] }, none],
    [{ url: '*' }, none],
    [{ url: '/' }, none],
    [{}, another],
    [{ url: '/', rawHeaders: ['Host'] }, another],
    [{ url: 'a', rawHeaders: ['Host', 'a.test'] }, another],
  ] as const) {
    t.equal(detailOf(request), detail, JSON.stringify(request))
  }
  t.end()
})

t.test('takes the path of an extended CONNECT for a path', (t) => {
  const rawHeaders = [':method', 'CONNECT', ':protocol', 'websocket', ':authority', 'a.test']
  t.equal(detailOf({ method: 'CONNECT', url: '/chat', rawHeaders }), undefined)
  t.match(detailOf({ method: 'CONNECT', url: 'b.test:443', rawHeaders }), /another host/u)
  const plain = ['host', 'a.test']
  t.equal(detailOf({ method: 'CONNECT', url: 'a.test:443', rawHeaders: plain }), undefined)
  t.match(detailOf({ method: 'CONNECT', url: '/chat', rawHeaders: plain }), /another host/u)
  t.end()
})
