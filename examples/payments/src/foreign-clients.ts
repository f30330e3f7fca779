import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { certPath } from './certs.js'
import { clients } from './clients.js'
import type { Client } from './clients.js'

/** A client that is not Node: its shell command, and what its standard output says. */
interface ForeignClient {
  readonly name: string
  readonly command: (client: Client, port: number) => readonly string[]
  readonly input: (client: Client) => string
  /** The HTTP status in what it printed; null where it got none. */
  readonly readStatus: (output: string) => number | null
}

const foreignClients: readonly ForeignClient[] = [
  {
    name: 'curl',
    command: ({ method, path, headers = {}, ...client }, port) => [
      'curl --silent --output /dev/null --write-out %{http_code} --request',
      method,
      `--cacert ${certPath('server-ca.pem')}`,
      credentialsOf(client),
      ...Object.entries(headers).map(([name, value]) => `--header '${name}: ${value}'`),
      `https://localhost:${port}${path}`,
    ],
    input: () => '',
    readStatus: (output) => (output === '000' || output === '' ? null : Number(output)),
  },
  {
    name: 'openssl s_client',
    command: (client, port) => [
      `openssl s_client -quiet -verify_return_error -connect localhost:${port}`,
      `-CAfile ${certPath('server-ca.pem')}`,
      credentialsOf(client).replaceAll('--', '-'),
      // Without this, s_client sends the first certificate of the file alone.
      client.certificate === null ? '' : `-cert_chain ${certPath(`${client.certificate}.pem`)}`,
    ],
    input: ({ method, path, headers = {} }) =>
      [
        `${method} ${path} HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        '\r\n',
      ].join('\r\n'),
    readStatus: (output) => {
      const [, status] = /^HTTP\/1\.1 (\d{3})/u.exec(output) ?? []
      return status === undefined ? null : Number(status)
    },
  },
]

function credentialsOf({ certificate, key }: Pick<Client, 'certificate' | 'key'>): string {
  if (certificate === null) return ''
  return `--cert ${certPath(`${certificate}.pem`)} --key ${certPath(`${key ?? certificate}-key.pem`)}`
}

const serving = spawn(process.execPath, [fileURLToPath(new URL('serve.js', import.meta.url))], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const results: boolean[] = []
for await (const line of createInterface({ input: serving.stdout })) {
  const [, framework, port] = /on (\w+) is up at https:\/\/localhost:(\d+);/u.exec(line) ?? []
  if (framework !== undefined) results.push(...compareAll(framework, Number(port)))
  if (line.startsWith('Press')) serving.kill()
}
const failed = results.filter((agreed) => !agreed).length
console.log(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1

function compareAll(framework: string, port: number): readonly boolean[] {
  return foreignClients.flatMap((foreign) =>
    clients.map((client) => compare(framework, port, foreign, client)),
  )
}

function compare(framework: string, port: number, foreign: ForeignClient, client: Client): boolean {
  const { stdout, error } = spawnSync(foreign.command(client, port).join(' '), {
    input: foreign.input(client),
    encoding: 'latin1',
    timeout: 10_000,
    shell: true,
  })
  if (error !== undefined) throw error
  const status = foreign.readStatus(stdout)
  const agreed = status === client.expected.status
  const seen = status ?? 'no HTTP'
  console.log(`${agreed ? 'ok' : 'NOT OK'} ${framework}, ${foreign.name}, ${client.name}: ${seen}`)
  return agreed
}
