import { demanded, distrusted } from './explained.js'
import type { Explained } from './explained.js'
import type { ProbeClient } from './probe-report.js'

/** What an answer means: not every one is the application’s. */
export function explainAnswer(
  { status, body }: { readonly status: number; readonly body: string },
  client: ProbeClient,
  method = 'GET',
): Explained {
  if (method === 'HEAD' && status === 400) return facelessPage
  const page = status === 400 ? terminators.find(([text]) => body.includes(text)) : undefined
  if (page !== undefined) {
    const remedy = client === 'own' ? distrusted[1] : null
    return { outcome: 'refused', layer: 'http', code: null, cause: page[1], remedy }
  }
  if (status === 401 || status === 403) return explainDenial(status, body, client)
  return { outcome: 'answered', layer: null, code: null, cause: null, remedy: null }
}

/** Whose it is, only its text would tell. */
const facelessPage: Explained = {
  outcome: 'failed',
  layer: 'http',
  code: null,
  cause: 'a page without a text came, which may be the server’s own',
  remedy: 'ask by GET',
}

/** nginx lets the handshake of everybody pass, and answers itself behind it. */
const terminators: readonly (readonly [text: string, cause: string])[] = [
  ['No required SSL certificate was sent', `${demanded}, and says so behind the handshake`],
  [
    'The SSL certificate error',
    'the server does not trust the certificate, and says so behind the handshake',
  ],
]

function explainDenial(status: number, body: string, client: ProbeClient): Explained {
  const code = /"ERR_PEERGATE_[A-Z_]+"/u.exec(body)?.[0].slice(1, -1) ?? null
  const cause =
    status === 401
      ? 'TLS let the client pass, and the application asks who it is'
      : 'TLS let the client pass, and the application does not allow it this request'
  const remedy =
    client === 'own'
      ? 'the handshake is not at fault: look at the identity and its permissions'
      : null
  return { outcome: 'denied', layer: 'application', code, cause, remedy }
}
