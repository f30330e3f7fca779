import type { Answer } from './ask.js'
import { formatTable } from './format-table.js'

/** One request of an example, and what came of it. */
export interface Row {
  readonly request: string
  /** What the service is to say; null where the request is not to reach it. */
  readonly expected: string | null
  readonly answer: Pick<Answer, 'status' | 'told'>
}

/** Prints what came of requests to a service. Where it is not what was expected, this process fails. */
export function reportRows(title: string, rows: readonly Row[]): void {
  reportOutcomes(
    title,
    rows.map(({ request, expected, answer: { told, status } }) =>
      // In which way a request is refused is the proxy’s own business.
      told === null && expected === null
        ? [request, `refused: ${status}`, `refused: ${status}`]
        : [request, expected ?? 'refused', told?.who ?? `refused: ${status}`],
    ),
  )
}

/** Prints what was expected and what came of it. Where they differ, this process fails. */
export function reportOutcomes(
  title: string,
  outcomes: readonly (readonly [request: string, expected: string, actual: string])[],
): void {
  const rows = outcomes.map(([request, expected, actual]) => [
    request,
    actual,
    actual === expected ? '✓' : '✗',
  ])
  console.log(`${title}\n\n${formatTable(['request', 'came out as', ''], rows)}\n`)
  if (rows.some(([, , mark]) => mark !== '✓')) process.exitCode = 1
}
