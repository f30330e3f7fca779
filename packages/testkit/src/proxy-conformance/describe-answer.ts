import type { ProxyAnswer } from './ask-proxy.js'

export function describePlace({
  host,
  path,
}: {
  readonly host: string
  readonly path: string
}): string {
  return `${host}${path}`
}

/** An answer as a sentence; of headers the names alone. */
export function describeAnswer({ status, error, reachedBackend, arrived }: ProxyAnswer): string {
  const answered = status === null ? `no answer came (${error})` : `the answer was ${status}`
  if (!reachedBackend) return `${answered}; the backend was not asked`
  const names = arrived.map(([name]) => name).join(', ')
  return `${answered}; the backend was asked, with ${names === '' ? 'none of the headers' : names}`
}

/** Whether nobody was let in: the backend was not asked, or refused. */
export function isRefused({ status, reachedBackend }: ProxyAnswer): boolean {
  return !reachedBackend || status === null || status === 401 || status === 403
}
