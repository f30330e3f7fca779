import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const table = 'packages/core/test/contract/forwarded-headers.json'

interface Vector {
  readonly id: string
  readonly contract: string
  readonly verdict: string
  readonly header?: string
  readonly value?: string
}

const vectors = JSON.parse(readFileSync(table, 'utf8')) as readonly Vector[]

function judge(folder: string, judged: readonly Vector[]): ReturnType<typeof run> {
  const file = join(folder, 'vectors.json')
  writeFileSync(file, JSON.stringify(judged))
  return run(file)
}

/** Without the environment, by which tap would measure the coverage of the script. */
function run(...parameters: readonly string[]) {
  const command = ['scripts/test-vectors.js', ...parameters]
  return spawnSync(process.execPath, command, { encoding: 'utf8', env: {} })
}

t.test('gives every vector its verdict, or a reason why not', (t) => {
  const { status, stdout, stderr } = run()
  t.match(stdout, ' 0 disagreed; ')
  t.equal(status, 0, stderr)
  t.end()
})

t.test('fails where a verdict is another one, or cannot be given', (t) => {
  const rows: readonly (readonly [id: string, other: Partial<Vector>, reason: string])[] = [
    ['xfcc-cert-real', { verdict: 'reject' }, 'should be reject; Peergate says asserted'],
    ['xfcc-keywhiz-empty', { verdict: 'reject' }, 'should be reject; Peergate says absent'],
    ['xfcc-blend-err-nokey-2', { verdict: 'accept' }, 'should be accept; Peergate says reject'],
    [
      'nginx-verify-selfsigned',
      { verdict: 'accept' },
      'should be accept; Peergate says unverified',
    ],
    ['rfc9440-leaf', { contract: 'rfc9441' }, 'should be accept; its label is not mapped'],
    ['akamai-cc-der', { contract: 'traefik' }, 'should be accept; its header is not mapped'],
    [
      'kong-url-pem',
      { header: 'l5d-client-id', value: 'a.b.serviceaccount.identity.linkerd.cluster.local' },
      'linkerd reads it',
    ],
    ['cloudfront-sha256', { verdict: 'reject' }, 'it is listed as an exception, but agreed'],
  ]
  const changed = rows.flatMap(([id, other]) =>
    vectors.filter((vector) => vector.id === id).map((vector) => Object.assign(vector, other)),
  )
  const { status, stdout } = judge(t.testdir(), changed)
  t.equal(status, 1)
  const lines = stdout.split('\n')
  for (const [id, , reason] of rows) {
    t.ok(
      lines.some((line) => line.startsWith(`${id} `) && line.endsWith(reason)),
      id,
    )
  }
  t.match(stdout, ` ${rows.length} disagreed; `)
  t.equal(judge(t.testdir(), []).status, 1, 'nothing to judge')
  const half = judge(t.testdir(), [{ id: 'half', contract: 'nginx', verdict: 'accept' }])
  t.match(half.stderr, 'half must have a label, header, value and verdict')
  t.equal(half.status, 1)
  t.end()
})
