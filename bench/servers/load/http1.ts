import autocannon from 'autocannon'
import type { Http1Load, LoadResult } from './load.js'

/** By autocannon, over connections that are kept. */
export async function loadHttp1(load: Http1Load): Promise<LoadResult> {
  const { port, amount, tls, heads } = load
  let started = 0
  const result = await autocannon({
    url: `${tls === null ? 'http' : 'https'}://localhost:${port}`,
    connections: heads.length,
    amount,
    timeout: 60,
    // It ends at the next of these moments, in milliseconds.
    sampleInt: 20,
    setupClient(client) {
      writeHeads(client, heads[started] ?? [])
      started += 1
    },
    ...(tls !== null && {
      tlsOptions: { cert: tls.certificate, key: tls.key, ca: tls.serverCa },
      servername: 'localhost',
    }),
  })
  if (result.errors > 0) throw new Error(`${result.errors} requests had no answer`)
  return { refused: result.non2xx }
}

/** Of its clients, what their types do not tell. */
interface WithRequests {
  readonly requestIterator: { readonly requests: readonly { requestBuffer?: Buffer }[] }
}

/** As they are, since autocannon puts `Host` and `Connection` before all others, and a proxy does not. */
function writeHeads(client: autocannon.Client, heads: readonly string[]): void {
  client.setRequests(heads.map(() => ({})))
  const { requests } = (client as unknown as WithRequests).requestIterator
  for (const [index, request] of requests.entries()) {
    request.requestBuffer = Buffer.from(heads[index] ?? '', 'latin1')
  }
}
