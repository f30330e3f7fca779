import { setTimeout as wait } from 'node:timers/promises'
import { changes, readState } from './changes.js'
import type { Change } from './changes.js'
import { startLoad } from './load.js'
import type { Count } from './load.js'
import { bundle, issueServer, listRevoked } from './pki.js'
import { listRules } from './rules.js'
import type { Phase } from './rules.js'
import { startService } from './service.js'
import { formatTable } from './table.js'

/** For how many milliseconds the clients go on after each change: longer than a refusal may take. */
const phaseLength = 1200

const { certificate, key } = await issueServer()
const service = await startService({
  'client-cas.pem': bundle('old-client-ca'),
  'revoked.pem': await listRevoked(['old-client-ca']),
  'server.pem': certificate,
  'server-key.pem': key,
})
const load = await startLoad(service.port)
const running = { service, load }
const phases: Phase[] = []
try {
  for (const change of changes) phases.push(await pass(change))
} finally {
  await load.stop()
  await service.close()
}

const rules = listRules(running, phases)
console.log(`A service whose trust is changed under load

${formatTable(
  ['change', 'answered', 'sent again', 'failed', 'refused'],
  [
    ...phases.map(({ name, count }) => rowOf(name, count)),
    rowOf('in all', load.count({ from: 0, until: Infinity })),
  ],
)}

${formatTable(
  ['no longer valid', 'since', 'refused with', 'refused', 'last answer after'],
  load.invalid.map((invalid) => {
    const { refused, lastAnswer } = load.fateOf(invalid)
    return [invalid.client, invalid.because, invalid.code, refused, `${lastAnswer} ms`]
  }),
)}

${rules.map(([rule, holds]) => `  ${holds ? '✓' : '✗'} ${rule}`).join('\n')}`)
process.exitCode = rules.every(([, holds]) => holds) ? 0 : 1

/** Makes a change and lets the clients go on. */
async function pass({ name, make, check }: Change): Promise<Phase> {
  const before = readState(service)
  const from = Date.now()
  await make(running)
  await wait(phaseLength)
  const checked = check === undefined ? [] : [[check[0], check[1](running, before)] as const]
  return { name, count: load.count({ from, until: Date.now() }), checked }
}

function rowOf(name: string, { answered, sentAgain, failed, refused }: Count) {
  return [name, answered, sentAgain, failed, refused]
}
