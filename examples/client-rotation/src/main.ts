import { setTimeout as wait } from 'node:timers/promises'
import { createClientIdentity } from '@peergate/client'
import type { CallingIdentity } from '@peergate/client'
import { createCallers } from './callers.js'
import { startLoad } from './load.js'
import { issueWorker, serverCa } from './pki.js'
import { printHead, printRotation } from './print.js'
import { startUpstream } from './upstream.js'
import type { Upstream } from './upstream.js'
import { createVolume } from './volume.js'
import type { Volume } from './volume.js'

const rotations = 10
/** Milliseconds within which the upstream must have seen a new certificate from every caller. */
const bound = 1000

const upstream = await startUpstream()
const volume = await createVolume(await issueWorker())
const identity = createClientIdentity({
  cert: volume.cert,
  key: volume.key,
  serverCas: serverCa,
  servers: { [`localhost:${upstream.port}`]: {} },
  reload: { every: 0.2 },
})
const callers = createCallers(identity, `https://localhost:${upstream.port}`)
const names = callers.map(({ name }) => name)
const load = startLoad(callers)

printHead(names)
const delays: (number | undefined)[] = []
for (let rotation = 1; rotation <= rotations; rotation += 1) {
  // oxlint-disable-next-line eslint/no-await-in-loop -- one rotation after the other
  delays.push(...(await rotate(rotation, volume, upstream)))
}

await load.stop()
await closeAll(identity)

const late = delays.filter((delay) => delay === undefined || delay > bound).length
const sights = `${delays.length - late} of ${delays.length} new certificates seen within a second`
console.log(`\n  ${load.requests()} requests, ${load.failures.length} failed; ${sights}`)
for (const failure of new Set(load.failures)) console.log(`✗ ${failure}`)
const holds = load.failures.length === 0 && late === 0 && delays.length === rotations * names.length
console.log(holds ? '✓ no request failed, and nobody was late' : '✗ it does not hold')
process.exitCode = holds ? 0 : 1

/** Changes the files, and gives the milliseconds until the upstream saw it of each caller. */
async function rotate(
  rotation: number,
  { swap }: Volume,
  { firstSeen }: Upstream,
): Promise<readonly (number | undefined)[]> {
  const leaf = await issueWorker()
  await swap(leaf)
  const swappedAt = performance.now()
  await wait(bound + 500)
  const after = names.map((name) => {
    const seenAt = firstSeen(name, leaf.serialNumber)
    return seenAt === undefined ? undefined : seenAt - swappedAt
  })
  printRotation(rotation, leaf.serialNumber, after)
  return after
}

async function closeAll({ close }: CallingIdentity): Promise<void> {
  close()
  for (const caller of callers) caller.close()
  upstream.close()
  await volume.remove()
}
