import { setTimeout as wait } from 'node:timers/promises'
import type { RolloutMode } from '@peergate/core'
import { clients, mend } from './clients.js'
import type { Client } from './clients.js'
import { describeOutcome, printLedger, printOutcomes, printVerdict } from './print.js'
import { sendRound } from './round.js'
import { startService, windowOfLedger } from './service.js'
import type { Service } from './service.js'

/** What does not come out as it is written here; the example fails by it. */
const surprises: string[] = []

const everybody = clients.map(({ name }) => name)
const readers = everybody.filter((name) => name !== 'reports')

// Nobody is refused, and the ledger fills.
await runStage('observe', readers, async (service) => {
  await expectRound(service, clients, [200, 200, 200, 200, 200, 200, 200])
  expectVerdict(service, 'no')
  printLedger(service.ledger)

  console.log('\n  One client after the other is mended, and the window goes by:\n')
  let population = clients
  for (const client of clients.slice(1)) {
    population = await mendOne(service, population, client)
    const isLast = client === clients.at(-1)
    await letWindowPass(service, population)
    printVerdict(service.ledger, `${client.name} mended`)
    expectVerdict(service, isLast ? 'yes' : 'no')
  }
})

// Two have come back with what they had: they are told so, over HTTP.
const mended = await Promise.all(clients.map(mend))
const relapsed = mended.map((client) =>
  ['batch', 'mobile'].includes(client.name) ? original(client) : client,
)
await runStage('enforce', everybody, async (service) => {
  await expectRound(service, relapsed, [200, 401, 200, 401, 200, 200, 200])
  printLedger(service.ledger)
  expectVerdict(service, 'no')
  await letWindowPass(service, mended)
  printVerdict(service.ledger, 'both mended')
  expectVerdict(service, 'yes')
})

// The same two again: there is no HTTP in which they could be told.
await runStage('strict', everybody, async (service) => {
  await expectRound(service, relapsed, [200, null, 200, null, 200, 200, 200])
  printLedger(service.ledger)
  expectVerdict(service, 'no')
  await letWindowPass(service, mended)
  printVerdict(service.ledger, 'both mended')
  expectVerdict(service, 'yes')
})

for (const surprise of surprises) console.log(`✗ ${surprise}`)
console.log(surprises.length === 0 ? '✓ every stage came out as it was said' : '')
process.exitCode = surprises.length === 0 ? 0 : 1

async function runStage(
  mode: RolloutMode,
  granted: readonly string[],
  run: (service: Service) => Promise<void>,
): Promise<void> {
  console.log(`\n${mode}\n`)
  const service = await startService(mode, granted)
  try {
    await run(service)
  } finally {
    await service.close()
  }
}

async function expectRound(
  { port }: Service,
  population: readonly Client[],
  expected: readonly (number | null)[],
): Promise<void> {
  const outcomes = await sendRound(port, population)
  printOutcomes(outcomes)
  outcomes.forEach((outcome, index) => {
    if (outcome.status === expected[index]) return
    surprises.push(
      `${outcome.client} met ${describeOutcome(outcome)}, not ${String(expected[index])}`,
    )
  })
}

function expectVerdict({ ledger }: Service, expected: string): void {
  const { ready } = ledger.verdict()
  if (ready !== expected) surprises.push(`the verdict was ${ready}, not ${expected}`)
}

async function mendOne(
  service: Service,
  population: readonly Client[],
  client: Client,
): Promise<readonly Client[]> {
  // Of this one the certificate was in order.
  if (client.name === 'reports') service.grantTo(everybody)
  const next = await mend(client)
  return population.map((known) => (known.name === client.name ? next : known))
}

/** Traffic for longer than the window, so that nothing older counts. */
async function letWindowPass({ port }: Service, population: readonly Client[]): Promise<void> {
  const until = Date.now() + windowOfLedger * 1000 + 100
  while (Date.now() < until) {
    await sendRound(port, population)
    await wait(50)
  }
}

function original({ name }: Client): Client {
  return clients.find((client) => client.name === name) as Client
}
