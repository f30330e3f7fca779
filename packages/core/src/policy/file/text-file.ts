import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { PeerGateError } from '../../errors.js'
import { fileUnreadable } from '../../file-unreadable.js'

/** A file that was read as a whole. */
export interface TextFile {
  readonly text: string
  /** Where an offset of the text stands: `policy.yaml:12:5`. */
  readonly placeOf: (at: number) => string
}

/**
 * Reads a file of UTF-8, which may begin with a byte order mark, of at most `largest` MiB.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FILE_UNREADABLE, or ERR_PEERGATE_POLICY_FILE_INVALID for one
 * that is too large, or not UTF-8, or that changed while it was read
 */
export function readTextFile(role: string, path: string, largest: number): TextFile {
  const bytes = readBytes(role, path, largest)
  const text = decode(path, bytes)
  const starts = startsOfLines(text)
  return {
    text,
    placeOf(at) {
      const line = countUpTo(starts, at)
      return `${path}:${line}:${at - Number(starts[line - 1]) + 1}`
    },
  }
}

function readBytes(role: string, path: string, largest: number): Uint8Array {
  const file = openFile(role, path)
  try {
    const before = fstatSync(file, { bigint: true })
    // Reading a directory is a fault in any case, and says so.
    if (!before.isFile() && !before.isDirectory()) throw invalid(path, 'must be a regular file')
    if (before.size > largest * 2 ** 20) {
      throw invalid(path, `must not be larger than ${largest} MiB`)
    }
    const bytes = readOpen(role, path, file)
    const after = fstatSync(file, { bigint: true })
    const isWhole = BigInt(bytes.length) === before.size && after.mtimeNs === before.mtimeNs
    if (!isWhole) throw invalid(path, 'changed while it was read')
    return bytes
  } finally {
    closeSync(file)
  }
}

function openFile(role: string, path: string): number {
  try {
    // Not waiting for whoever writes to a pipe, which may be nobody. Windows has no such flag, nor pipes.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw fileUnreadable(role, path, cause)
  }
}

function readOpen(role: string, path: string, file: number): Uint8Array {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw fileUnreadable(role, path, cause)
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw invalid(path, 'must be UTF-8', cause)
  }
}

function invalid(path: string, fault: string, cause?: unknown): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_POLICY_FILE_INVALID', `${path}: ${fault}`, { cause })
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** How many of the ascending `numbers` are not above `limit`. */
function countUpTo(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (Number(numbers[middle]) <= limit) low = middle + 1
    else high = middle
  }
  return low
}
