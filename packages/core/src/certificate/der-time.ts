import type { PeerGateError } from '../errors.js'
import { malformed, openElement, readByte, readElement, tags, type DerReader } from './der.js'

/**
 * Reads a Time as epoch milliseconds: `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, a date that exists, in
 * the years 0 to 9999 (RFC 5280 §4.1.2.5). A GeneralizedTime before 2050 is no breach that could
 * change the instant meant, and is read.
 */
export function readTime(reader: DerReader, field: string): number {
  const element = readElement(reader, field)
  const { tag, content, end } = element
  if (tag !== tags.utcTime && tag !== tags.generalizedTime) {
    throw malformed(field, 'is neither a UTCTime nor a GeneralizedTime')
  }
  if (end - content !== (tag === tags.utcTime ? 13 : 15)) throw illFormed(field)
  const digits = openElement(reader, element)
  const century = tag === tags.utcTime ? null : readPair(digits, field)
  const year = readPair(digits, field)
  const time = [
    century === null ? fullYear(year) : century * 100 + year,
    readPair(digits, field),
    readPair(digits, field),
    readPair(digits, field),
    readPair(digits, field),
    readPair(digits, field),
  ] as const
  if (readByte(digits, field) !== letterZ) throw illFormed(field)
  return toEpoch(field, time)
}

const letterZ = 0x5a

/** RFC 5280 §4.1.2.5.1. */
function fullYear(year: number): number {
  return year >= 50 ? 1900 + year : 2000 + year
}

function readPair(digits: DerReader, field: string): number {
  return readDigit(digits, field) * 10 + readDigit(digits, field)
}

function readDigit(digits: DerReader, field: string): number {
  const digit = readByte(digits, field) - 0x30
  if (digit < 0 || digit > 9) throw illFormed(field)
  return digit
}

type CalendarTime = readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
]

/**
 * The calendar repeats every 400 years, and `Date.UTC` reads the years 0 to 99 as 1900 to 1999:
 * the instant is computed 400 years later and brought back.
 */
function toEpoch(field: string, time: CalendarTime): number {
  const [year, month, day, hour, minute, second] = time
  const isReal = month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month)
  if (!isReal || hour > 23 || minute > 59 || second > 59) {
    throw malformed(field, 'is a time that does not exist')
  }
  return Date.UTC(year + 400, month - 1, day, hour, minute, second) - millisecondsOf400Years
}

const millisecondsOf400Years = 146_097 * 86_400_000

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function illFormed(field: string): PeerGateError {
  return malformed(field, 'is not written YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ')
}
