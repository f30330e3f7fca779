import type { MintedLeaf } from '@peergate/testkit'
import { startClient } from './client.js'
import type { Client, Outcome } from './client.js'
import { issueClient } from './pki.js'
import type { ClientCa } from './pki.js'

/** The clients: six that stay valid to the end, and three that do not. */
const roster = [
  { name: 'ledger', keepAlive: true },
  { name: 'billing', keepAlive: true },
  { name: 'reports', keepAlive: true },
  { name: 'checkout', keepAlive: false },
  { name: 'mobile', keepAlive: false },
  { name: 'audit', keepAlive: false },
  { name: 'laggard', keepAlive: true },
  { name: 'leaver', keepAlive: true },
  { name: 'thief', keepAlive: true },
] as const

type ClientName = (typeof roster)[number]['name']

/** A client that is no longer valid. */
interface Invalid {
  readonly client: ClientName
  readonly because: string
  /** What the service has to say of it. */
  readonly code: string
  /** When that began, in epoch milliseconds. */
  readonly since: number
}

/** A span of time, in epoch milliseconds. */
interface Span {
  readonly from: number
  readonly until: number
}

/** What came of the requests that ended in a span of time. */
export interface Count {
  readonly answered: number
  /** Of the answered ones, those that were sent twice. */
  readonly sentAgain: number
  /** Those of valid clients that were not answered with 200. */
  readonly failed: number
  /** Those of clients that are no longer valid, and were not answered with 200 either. */
  readonly refused: number
  /** The valid clients that had no answer at all. */
  readonly unserved: readonly string[]
}

/** Many clients at work at the same time, and what came of it. */
export interface Load {
  /** Gives every client but the laggard a certificate of the new CA. */
  readonly renew: () => Promise<void>
  /** Notes that from now on a client is not valid. */
  readonly expectRefusal: (invalid: Omit<Invalid, 'since'>) => void
  readonly invalid: readonly Invalid[]
  readonly isValid: (client: string, time: number) => boolean
  readonly count: (span: Span) => Count
  /** How many of its requests were refused, and after how many milliseconds it had its last answer. */
  readonly fateOf: (invalid: Invalid) => { readonly refused: number; readonly lastAnswer: number }
  /** What the server proved itself with on the newest connections of valid clients. */
  readonly serverCertificates: (keepAlive: boolean) => ReadonlySet<string | null>
  readonly leafOf: (client: ClientName) => MintedLeaf
  readonly stop: () => Promise<void>
}

/** Starts all clients, with certificates of the old CA. */
export async function startLoad(port: number): Promise<Load> {
  const outcomes: Outcome[] = []
  const invalid: Invalid[] = []
  let leaves = await issueAll('old-client-ca')
  const leafOf = (client: string) => leaves.get(client) as MintedLeaf
  const record = (outcome: Outcome) => void outcomes.push(outcome)
  const clients = roster.map((each) =>
    startClient({ ...each, port, leaf: leafOf(each.name), record }),
  )
  const isValid = (client: string, time: number) =>
    !invalid.some((each) => each.client === client && each.since <= time)

  return {
    async renew() {
      leaves = await issueAll('new-client-ca')
      for (const client of clients) {
        if (client.name !== 'laggard') client.renew(leafOf(client.name))
      }
    },
    expectRefusal: (expected) => void invalid.push({ ...expected, since: Date.now() }),
    invalid,
    isValid,
    count: (span) => countOutcomes(outcomes.filter(within(span)), clients, isValid),
    fateOf({ client, since }) {
      const own = outcomes.filter(within({ from: since, until: Infinity }))
      const [answered, refused] = split(own.filter((outcome) => outcome.client === client))
      return { refused: refused.length, lastAnswer: (answered.at(-1)?.endedAt ?? since) - since }
    },
    serverCertificates(keepAlive) {
      const valid = clients.filter(({ name }) => isValid(name, Date.now()))
      const chosen = valid.filter((client) => client.keepAlive === keepAlive)
      return new Set(chosen.map((client) => client.serverCertificate()))
    },
    leafOf,
    stop: async () => void (await Promise.all(clients.map(async (client) => client.stop()))),
  }
}

function countOutcomes(
  outcomes: readonly Outcome[],
  clients: readonly Client[],
  isValid: Load['isValid'],
): Count {
  const [answered, unanswered] = split(outcomes)
  const served = new Set(answered.map(({ client }) => client))
  const failed = unanswered.filter(({ client, endedAt }) => isValid(client, endedAt)).length
  return {
    answered: answered.length,
    sentAgain: answered.filter(({ sentAgain }) => sentAgain).length,
    failed,
    refused: unanswered.length - failed,
    unserved: clients
      .map(({ name }) => name)
      .filter((name) => isValid(name, Date.now()) && !served.has(name)),
  }
}

function within({ from, until }: Span) {
  return ({ endedAt }: Outcome) => from <= endedAt && endedAt < until
}

function split(outcomes: readonly Outcome[]): [answered: Outcome[], unanswered: Outcome[]] {
  return [outcomes.filter(isAnswered), outcomes.filter((outcome) => !isAnswered(outcome))]
}

function isAnswered({ status }: Outcome): boolean {
  return status === 200
}

async function issueAll(ca: ClientCa): Promise<ReadonlyMap<string, MintedLeaf>> {
  const issued = roster.map(async ({ name }) => [name, await issueClient(name, ca)] as const)
  return new Map(await Promise.all(issued))
}
