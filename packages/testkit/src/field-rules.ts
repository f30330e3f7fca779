import { isIP } from 'node:net'
import { PeerGateError } from '@peergate/core'
import { unknownName } from './unknown-name.js'

/** What a field must be, in words and as a test. */
export interface Rule {
  readonly must: string
  readonly fits: (value: unknown) => boolean
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of the object at `place`. */
export function checkFields(
  place: string,
  value: unknown,
  rules: Readonly<Record<string, Rule>>,
): void {
  if (!isObject(value)) throw fault(`${place} must be ${object.must}`)
  const stray = Object.keys(value).find((name) => !Object.hasOwn(rules, name))
  if (stray !== undefined) throw fault(unknownName(`${place}: field`, stray, Object.keys(rules)))
  for (const [name, { must, fits }] of Object.entries(rules)) {
    if (!fits(value[name])) throw fault(`${place}.${name} must be ${must}`)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const object: Rule = { must: 'an object', fits: isObject }
export const text: Rule = { must: 'text', fits: (value) => typeof value === 'string' }
export const sentence: Rule = {
  must: 'a sentence',
  fits: (value) => typeof value === 'string' && value.trim() !== '',
}
export const flag: Rule = { must: 'true or false', fits: (value) => typeof value === 'boolean' }
export const texts: Rule = { must: 'a list of texts', fits: (value) => isListOf(value, text.fits) }
export const addresses: Rule = {
  must: 'a list of IP addresses',
  fits: (value) => isListOf(value, (item) => typeof item === 'string' && isIP(item) !== 0),
}
export const distance: Rule = {
  must: 'a signed number of s, m, h or d such as "+30d"',
  fits: (value) => typeof value === 'string' && /^[+-]\d{1,6}[smhd]$/.test(value),
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits)
}

export function oneOf<Word extends string>(words: Readonly<Record<Word, true>>): Rule {
  const known = Object.keys(words)
  return {
    must: known.map((word) => JSON.stringify(word)).join(' or '),
    fits: (value) => known.some((word) => word === value),
  }
}

export function optional({ must, fits }: Rule): Rule {
  return { must, fits: (value) => value === undefined || fits(value) }
}

/** The error of a fault that `detail` tells, beginning with its place. */
export function fault(detail: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_OPTION_INVALID', detail)
}
