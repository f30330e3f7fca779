import { visible } from './visible.js'

/**
 * A value as JSON, in lines. What could drive a terminal or reorder text is escaped, beside what
 * `JSON.stringify` escapes.
 */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2).split('\n').map(visible).join('\n')}\n`
}
