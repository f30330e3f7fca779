import type { ClientIdentity } from '../client-identity.js'
import type { LedgerEntry, LedgerIdentity } from './ledger-export.js'
import { cutText } from './ledger-sighting.js'
import type { Sighting } from './ledger-sighting.js'
import { createLedgerTally } from './ledger-tally.js'

/** An entry of the ledger as it grows. */
export interface LedgerRecord {
  readonly key: string
  readonly standing: () => Standing
  readonly note: (sighting: Sighting, now: number) => void
  readonly toEntry: (isBlocking: boolean) => LedgerEntry
}

/** What a verdict needs to know of a peer. */
export interface Standing {
  readonly isOfConfiguredCa: boolean | null
  readonly last: number
  /** When it was last seen in a way that stands against strict; null for never. */
  readonly lastBlocking: number | null
  /** The same, without what only strangers fail by. */
  readonly lastOfOurs: number | null
}

export function createLedgerRecord(key: string, first: number): LedgerRecord {
  const tally = createLedgerTally()
  let peer = nobody
  let standing: Standing = {
    isOfConfiguredCa: false,
    last: first,
    lastBlocking: null,
    lastOfOurs: null,
  }
  return {
    key,
    standing: () => standing,
    note(sighting, now) {
      peer = joinPeers(peer, sighting)
      standing = joinStandings(standing, sighting, now)
      tally.note(sighting, now)
    },
    toEntry(isBlocking) {
      const { isOfConfiguredCa, last } = standing
      return { key, ...peer, isOfConfiguredCa, first, last, isBlocking, ...tally.describe() }
    },
  }
}

/** What was seen last; of what the last time lacks, that of the time before. */
type Peer = Pick<
  LedgerEntry,
  'certificate' | 'fingerprint256' | 'identity' | 'remoteAddress' | 'unverified'
>

const nobody: Peer = {
  identity: null,
  fingerprint256: null,
  remoteAddress: null,
  certificate: null,
  unverified: null,
}

function joinPeers(known: Peer, sighting: Sighting): Peer {
  const { identity, fingerprint256, remoteAddress, certificate, unverified } = sighting
  return {
    identity: identity === null ? known.identity : describeIdentity(identity),
    fingerprint256: fingerprint256 ?? known.fingerprint256,
    remoteAddress: remoteAddress === null ? known.remoteAddress : cutText(remoteAddress),
    certificate: certificate ?? known.certificate,
    unverified: unverified ?? known.unverified,
  }
}

function describeIdentity({ kind, value, trustSet }: ClientIdentity): LedgerIdentity {
  return { kind, value: cutText(value), trustSet }
}

function joinStandings(known: Standing, sighting: Sighting, now: number): Standing {
  const isOfOurs = sighting.isOfConfiguredCa !== false
  return {
    isOfConfiguredCa: isAnyOfOurs(known.isOfConfiguredCa, sighting.isOfConfiguredCa),
    last: now,
    lastBlocking: sighting.isBlocking ? now : known.lastBlocking,
    lastOfOurs: sighting.isBlocking && isOfOurs ? now : known.lastOfOurs,
  }
}

/** Whoever was one of ours once is no stranger by failing in another way, too. */
function isAnyOfOurs(one: boolean | null, other: boolean | null): boolean | null {
  if (one === true || other === true) return true
  return one === null || other === null ? null : false
}
