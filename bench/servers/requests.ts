/** What every request carries, whoever is asked: ten ordinary headers. */
export const ordinaryHeaders: readonly (readonly [name: string, value: string])[] = [
  ['host', 'localhost'],
  ['connection', 'keep-alive'],
  ['user-agent', 'bench/1.0'],
  ['accept', 'application/json'],
  ['accept-encoding', 'gzip, deflate, br'],
  ['accept-language', 'en'],
  ['cache-control', 'no-cache'],
  ['x-request-id', '0af7651916cd43dd8448eb211c80319c'],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['cookie', 'theme=dark; region=eu-central-1'],
]

export const path = '/invoices/42'

type Header = readonly [name: string, value: string]

/** The head of a request; a proxy writes what it sets before what its client sent. */
export function writeHead(forwarded: readonly Header[] = []): string {
  const lines = [...forwarded, ...ordinaryHeaders].map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
