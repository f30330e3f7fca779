// Sends servers what it is told to, in a process of its own, so that their CPU time is theirs alone.
import { obeyParent, tellParent } from '../parent.js'
import { loadHandshakes } from './load/handshakes.js'
import { loadHttp1 } from './load/http1.js'
import { loadHttp2 } from './load/http2.js'
import type { Load, LoadResult } from './load/load.js'

obeyParent(async (load: Load) => {
  const result = send(load)
  stayAwake(result)
  tellParent(await result)
})

function send(load: Load): Promise<LoadResult> {
  if (load.kind === 'http/1.1') return loadHttp1(load)
  return load.kind === 'http/2' ? loadHttp2(load) : loadHandshakes(load)
}

/**
 * Looks for answers all the time. To wake a process that sleeps costs whoever writes to it several
 * microseconds, and only a server that is slower than its clients would find them asleep.
 */
function stayAwake(until: Promise<unknown>): void {
  let isOver = false
  const end = () => (isOver = true)
  until.then(end, end)
  const look = () => void (isOver || setImmediate(look))
  look()
}
