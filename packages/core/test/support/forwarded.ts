import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { ForwardedHeaders, PeerGateErrorCode, ProxyContract } from '@peergate/core'
import type t from 'tap'
import { faultOf } from './fault-of.js'
import type { RecordedHeader } from './recorded-headers.js'

/** Headers by name, as they were collected: a list where there were several lines. */
export type SentHeaders = Readonly<Record<string, string | readonly string[]>>

function sentHeaders(headers: SentHeaders): ForwardedHeaders {
  const lines = (name: string): readonly string[] => [headers[name] ?? []].flat()
  return { lines, value: (name) => lines(name)[0] ?? null }
}

/** What a contract read, with the SHA-256 of each certificate, or why it read nothing. */
export type Reading =
  | { readonly code: PeerGateErrorCode; readonly detail: string }
  | {
      readonly assurance: string
      readonly leaf: string | undefined
      readonly chain: readonly (string | undefined)[]
    }

function readingOf(contract: ProxyContract, headers: SentHeaders): Reading {
  const sent = sentHeaders(headers)
  const fault = faultOf(() => contract.read(sent))
  if (fault !== null) return { code: fault.code, detail: fault.detail }
  const forwarded = contract.read(sent)
  assert.ok('leaf' in forwarded)
  const { assurance, leaf, chain } = forwarded
  return { assurance, leaf: sha256(leaf), chain: chain.map(sha256) }
}

/** A rule of a contract, the headers that put it to the test, and what must come of it. */
export type ContractRow = readonly [rule: string, headers: SentHeaders, reading: Reading]

export function readEach(
  test: Pick<typeof t, 'same'>,
  contract: ProxyContract,
  rows: readonly ContractRow[],
): void {
  for (const [rule, headers, reading] of rows)
    test.same(readingOf(contract, headers), reading, rule)
}

export function verified(leaf: RecordedHeader, chain: readonly string[] = []): Reading {
  return { assurance: 'proxy-verified', leaf: leaf.fingerprints[0], chain }
}

export function asserted(leaf: RecordedHeader, chain: readonly string[] = []): Reading {
  return { assurance: 'proxy-asserted', leaf: leaf.fingerprints[0], chain }
}

export function missing(detail: string): Reading {
  return { code: 'ERR_PEERGATE_FORWARDED_IDENTITY_MISSING', detail }
}

export function malformed(detail: string): Reading {
  return { code: 'ERR_PEERGATE_FORWARDED_IDENTITY_MALFORMED', detail }
}

export function unverified(detail: string): Reading {
  return { code: 'ERR_PEERGATE_FORWARDED_IDENTITY_UNVERIFIED', detail }
}

export function ambiguous(detail: string): Reading {
  return { code: 'ERR_PEERGATE_FORWARDED_IDENTITY_AMBIGUOUS', detail }
}

/** The DER that is written in base64, and back. */
export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

export function base64Of(...parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString('base64')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
