import { createHash } from 'node:crypto'
import type { ProxyContract } from '@peergate/core'
import { trustDomain } from '../material.js'
import { certificateShapes, encodeUsual } from './certificate-shapes.js'
import {
  contractSamples,
  createSeededRandom,
  describeSlowText,
  factories,
  slowTexts,
  writeSlowText,
} from './test-support.js'
import type { Client, Lines, Sample } from './test-support.js'

/** What may be the slowest header of a contract. */
export interface Candidate {
  readonly name: string
  /** The same for what differs in the form of the contract alone. */
  readonly kind: string
  readonly contract: ProxyContract
  /** Lines of about this many characters, with their names and what separates them. */
  readonly write: (size: number) => Lines
}

/** The factories of all contracts. */
export const contractNames: readonly string[] = Object.keys(contractSamples)

/** The candidates of all forms of a contract. */
export function createCandidates(factory: string): readonly Candidate[] {
  const samples = contractSamples[factory] ?? []
  return samples.flatMap((sample, index) => {
    const contract = factories[factory]?.(sample.options)
    if (contract === undefined) throw new Error(`there is no contract "${factory}"`)
    const own = [
      ...(sample.yields === 'certificate' ? listLargeClients(sample) : []),
      ...listSlowTexts(contract, sample),
      ...listManyLines(contract, sample),
    ]
    const form = samples.length === 1 ? '' : ` (form ${index + 1})`
    return own.map(({ name, write }) => ({ name: `${name}${form}`, kind: name, contract, write }))
  })
}

type Written = Pick<Candidate, 'name' | 'write'>

/** Large certificates, whole and with a fault at their end, and long chains. */
function listLargeClients(sample: Sample): readonly Written[] {
  const leaves = [...certificateShapes].map(([name, shape]): Written => ({
    name: `certificate: ${name}`,
    write: (size) => fill(size, (count) => linesOf(sample, { leaf: shape(count) })),
  }))
  const [usual] = leaves
  if (usual === undefined) throw new Error('there are no certificates')
  const faulty: Written = {
    name: `${usual.name}, with a fault at the end`,
    write: (size) =>
      usual
        .write(size)
        .map(([name, value]) => [name, value.length < 100 ? value : `${value.slice(0, -2)}!!`]),
  }
  return [...leaves, faulty, ...(sample.sendsChain === true ? listChains(sample) : [])]
}

function listChains(sample: Sample): readonly Written[] {
  const shape = certificateShapes.get('RSA key') ?? encodeUsual
  const leaf = encodeUsual()
  return [1, 9].map((length) => ({
    name: `chain of ${length}`,
    write: (size) =>
      fill(size, (count) =>
        linesOf(sample, { leaf, chain: Array.from({ length }, () => shape(count)) }),
      ),
  }))
}

/** What the fuzzer repeats, in each header in turn. */
function listSlowTexts({ headers }: ProxyContract, sample: Sample): readonly Written[] {
  const usual = linesOf(sample)
  return headers.flatMap(({ name: header }) => {
    const others = usual.filter(([name]) => name.toLowerCase() !== header)
    return slowTexts.map((text): Written => ({
      name: `${header}: ${describeSlowText(text)}`,
      write(size) {
        const rest = size - sizeOf([...others, [header, text.begin + text.end]])
        return [...others, [header, writeSlowText(text, Math.max(0, rest))]]
      },
    }))
  })
}

/** Many lines: of what may come in lines, and of what nobody knows. */
function listManyLines({ headers }: ProxyContract, sample: Sample): readonly Written[] {
  const lists = headers.flatMap(({ name, isList }) => (isList === true ? [name] : []))
  const usual = linesOf(sample)
  const known = lists.flatMap((header) =>
    ['', 'a=b', ':MAA=:'].map((value) => ({
      name: `lines of ${header}: ${value}`,
      write: (size: number) =>
        fill(size, (count) => Array.from({ length: count }, () => [header, value] as const)),
    })),
  )
  return [
    ...known,
    {
      name: 'lines of other headers',
      write: (size) => fill(size, (count) => [...usual, ...writeForeignLines(count)]),
    },
    {
      name: 'another header with a long name',
      write: (size) => fill(size, (count) => [...usual, ['_'.repeat(count), '']]),
    },
  ]
}

/** Each of another name, with as many lines as a request may have. */
function writeForeignLines(length: number): Lines {
  const count = Math.min(length, 900)
  const value = 'a'.repeat(Math.floor(length / count))
  return Array.from({ length: count }, (_, index) => [`x_${index}`, value])
}

/** What the proxy sends for a client, again and again the same. */
function linesOf(
  sample: Sample,
  { leaf = encodeUsual(), chain = [] }: Partial<Client> = {},
): Lines {
  const client = {
    leaf,
    chain,
    digest: createHash('sha256').update(leaf).digest('hex'),
    uris: [`spiffe://${trustDomain}/ns/payments/sa/worker`],
    dns: ['worker.example'],
  }
  return sample.linesOf(client, createSeededRandom(1))
}

/** The most of something that makes no more than `size`, or as few as there can be. */
function fill(size: number, write: (count: number) => Lines): Lines {
  const fits = (count: number) => sizeOf(write(count)) <= size
  let least = 0
  let most = 1
  while (fits(most)) most *= 2
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2)
    if (fits(middle)) least = middle
    else most = middle
  }
  return write(least)
}

/** What the lines take in the head of a request. */
function sizeOf(lines: Lines): number {
  return lines.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
}
