// @ts-check
// Draws packages/cli/probe.svg: what `peergate probe` prints, in colours, of a server with faults. It is run
// by hand, when the output has changed.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestPki } from '../packages/testkit/dist/index.js'
import { runCli } from '../packages/cli/dist/run-cli.js'

const pki = await createTestPki({
  identity: { uri: ['spiffe://prod.example/ns/payments/sa/worker'] },
})
const own = await pki.client('accepted')
const file = (/** @type {string} */ name, /** @type {string} */ text) => {
  const path = join(tmpdir(), name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
const ca = file('probe-ca.pem', pki.serverCa)
const cert = file('probe-worker.pem', String(own.certificate))
const key = file('probe-worker-key.pem', String(own.key))

const { cert: shown, key: shownKey } = pki.server
const options = { cert: shown, key: shownKey, ca: pki.clientCas.clients.anchors }
const server = createServer(
  { ...options, requestCert: true, rejectUnauthorized: false },
  (request, response) => {
    const { authorized } = /** @type {import('node:tls').TLSSocket} */ (request.socket)
    const isKnown = authorized || request.headers['x-ssl-client-verify'] === 'SUCCESS'
    response.writeHead(isKnown ? 200 : 401).end()
  },
)
await new Promise((resolve) => server.listen(8443, '127.0.0.1', () => resolve(null)))

let text = ''
await runCli(
  [
    'probe',
    'https://localhost:8443/invoices/42',
    '--ca',
    ca,
    '--cert',
    cert,
    '--key',
    key,
    '--forge',
  ],
  {
    write: (part) => (text += part),
    writeError: (part) => process.stderr.write(part),
    columns: 80,
    hasColors: true,
    showsProgress: false,
    readInput: async () => '',
  },
)
server.close()
server.closeAllConnections()

const command =
  '$ peergate probe https://localhost:8443/invoices/42 --ca server-ca.pem \\\n    --cert worker.pem --key worker-key.pem --forge\n'
writeFileSync(new URL('../packages/cli/probe.svg', import.meta.url), draw(command + text))

/**
 * A picture of a terminal, in the colours of the reader’s theme.
 *
 * @param {string} output with the escapes of colours
 */
function draw(output) {
  const lines = output.trimEnd().split('\n')
  const [width, height] = [80 * 8.43 + 40, lines.length * 18 + 40]
  const texts = lines.map((line, at) => `<text x="20" y="${at * 18 + 34}">${spans(line)}</text>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The output of peergate probe">
<style>
rect { fill: #fff; stroke: #d0d7de } text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328; white-space: pre }
.c31 { fill: #b3261e } .c32 { fill: #1a7f37 } .c33 { fill: #8a6100 } .c1 { font-weight: bold }
@media (prefers-color-scheme: dark) { rect { fill: #0d1117; stroke: #30363d } text { fill: #e6edf3 }
.c31 { fill: #ff7b72 } .c32 { fill: #56d364 } .c33 { fill: #e3b341 } }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join('\n')}
</svg>
`
}

/** @param {string} line */
function spans(line) {
  const safe = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  // Every colour is ended before the next begins.
  return safe.replaceAll(
    // oxlint-disable-next-line no-control-regex -- these are what is drawn
    /\u001B\[(1|31|32|33)m(.*?)\u001B\[(?:22|39)m/gu,
    '<tspan class="c$1">$2</tspan>',
  )
}
