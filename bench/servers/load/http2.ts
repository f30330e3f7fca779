import { once } from 'node:events'
import { connect } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { ordinaryHeaders, path } from '../requests.js'
import { concurrency } from './load.js'
import type { Http2Load, LoadResult } from './load.js'

/** By Node itself, over one connection: h2load presents no certificate, and autocannon knows no HTTP/2. */
export async function loadHttp2({ port, amount, tls }: Http2Load): Promise<LoadResult> {
  const session = connect(`https://localhost:${port}`, {
    cert: tls?.certificate,
    key: tls?.key,
    ca: tls?.serverCa,
  })
  await once(session, 'connect')
  let sent = 0
  let refused = 0
  async function sendOnAndOn(): Promise<void> {
    while (sent < amount) {
      sent += 1
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a client does
      if ((await request(session)) !== 200) refused += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendOnAndOn))
  session.close()
  await once(session, 'close')
  return { refused }
}

/** What only a connection of HTTP/1 has is said by the pseudo-headers here. */
const headers = Object.fromEntries(
  ordinaryHeaders
    .filter(([name]) => name !== 'connection')
    .map(([name, value]) => [name === 'host' ? ':authority' : name, value]),
)

function request(session: ClientHttp2Session): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0
    session
      .request({ ':path': path, ...headers })
      .on('response', (answer) => (status = Number(answer[':status'])))
      .on('error', reject)
      .on('end', () => resolve(status))
      .resume()
  })
}
