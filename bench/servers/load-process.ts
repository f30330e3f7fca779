// Sends servers what it is told to, in a process of its own, so that their CPU time is theirs alone.
import { loadHandshakes } from './load/handshakes.js'
import { loadHttp1 } from './load/http1.js'
import { loadHttp2 } from './load/http2.js'
import type { Load, LoadResult } from './load/load.js'

process.once('disconnect', () => process.exit())
process.on('message', async (load: Load) => process.send?.(await send(load)))

function send(load: Load): Promise<LoadResult> {
  if (load.kind === 'http/1.1') return loadHttp1(load)
  return load.kind === 'http/2' ? loadHttp2(load) : loadHandshakes(load)
}
