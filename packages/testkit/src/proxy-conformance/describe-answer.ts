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

/**
 * Whether nobody was let in: the backend said so, or was not asked and the proxy gave no answer of another’s.
 * An answer that did not come in time says nothing.
 */
export function isRefused({ status, error, reachedBackend }: ProxyAnswer): boolean {
  if (status === 401 || status === 403) return true
  if (status !== null) return !reachedBackend && status >= 300
  return error !== 'ABORT_ERR'
}
