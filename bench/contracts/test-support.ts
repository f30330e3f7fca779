// What the tests of the core and the fuzzer of the contracts write certificates and headers with. They are
// built elsewhere than this package, so that no import can name them both here and where this is compiled.
import type { ProxyContract } from '@peergate/core'
import type * as CertificateEncoder from '../../packages/core/test/support/certificate-encoder.js'
import type * as DerEncoder from '../../packages/core/test/support/der-encoder.js'
import type * as Random from '../../packages/core/test/support/seeded-random.js'

/** Header lines, by names and values. */
export type Lines = readonly (readonly [name: string, value: string])[]

/** Whose certificate is forwarded. */
export interface Client {
  readonly leaf: Uint8Array
  readonly chain: readonly Uint8Array[]
  /** The SHA-256 of the leaf. */
  readonly digest: string
  readonly uris: readonly string[]
  readonly dns: readonly string[]
}

/** What a proxy sends by a contract of these options. */
export interface Sample {
  readonly options?: object
  readonly sendsChain?: boolean
  readonly yields: 'certificate' | 'names'
  readonly linesOf: (client: Client, random: Random.SeededRandom) => Lines
}

/** A text of repeated pieces, between a beginning and an end. */
interface SlowText {
  readonly begin: string
  readonly end: string
}

interface ContractSamples {
  /** By the factory of the contract. */
  readonly contractSamples: Readonly<Record<string, readonly Sample[]>>
}

interface SlowTexts {
  readonly slowTexts: readonly SlowText[]
  readonly writeSlowText: (text: SlowText, length: number) => string
  readonly describeSlowText: (text: SlowText) => string
}

export const der = await load<typeof DerEncoder>('packages/core/.build/test/support/der-encoder.js')
export const certificates = await load<typeof CertificateEncoder>(
  'packages/core/.build/test/support/certificate-encoder.js',
)
export const { createSeededRandom } = await load<typeof Random>(
  'packages/core/.build/test/support/seeded-random.js',
)
export const { contractSamples } = await load<ContractSamples>('scripts/fuzz/contract-samples.js')
export const { slowTexts, writeSlowText, describeSlowText } = await load<SlowTexts>(
  'scripts/fuzz/slow-texts.js',
)

/** The factories of contracts, by their names. */
export const factories = (await import('@peergate/core')) as unknown as Readonly<
  Record<string, (options?: object) => ProxyContract>
>

/** A file of the workspace. */
async function load<Module>(file: string): Promise<Module> {
  return (await import(new URL(`../../../${file}`, import.meta.url).href)) as Module
}
