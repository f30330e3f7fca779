import { isDeepStrictEqual } from 'node:util'

/** Counts what was asserted of one proxy. */
export interface Check {
  /** Asserts that `actual` is `expected`. */
  readonly same: (actual: unknown, expected: unknown, rule: string) => void
  /** Asserts that `actual` is one of `allowed`. */
  readonly oneOf: (actual: string, allowed: readonly string[], rule: string) => void
  /** Names what is asserted from here on. */
  readonly scenario: (rule: string) => void
  readonly fail: (fault: unknown) => void
  readonly result: () => CheckResult
}

export interface CheckResult {
  readonly scenarios: number
  readonly passed: number
  /** One line for each assertion that failed. */
  readonly failures: readonly string[]
}

export function createCheck(): Check {
  const scenarios = new Set<string>()
  const failures: string[] = []
  let scenario = ''
  let passed = 0

  function assert(holds: boolean, rule: string, actual: unknown, expected: unknown): void {
    scenarios.add(scenario)
    if (holds) passed += 1
    else fail(`${rule}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`)
  }

  function fail(fault: unknown): void {
    failures.push(`${scenario}: ${String(fault)}`)
  }

  return {
    same: (actual, expected, rule) =>
      assert(isDeepStrictEqual(actual, expected), rule, actual, expected),
    oneOf: (actual, allowed, rule) => assert(allowed.includes(actual), rule, actual, allowed),
    scenario: (rule) => (scenario = rule),
    fail,
    result: () => ({ scenarios: scenarios.size, passed, failures }),
  }
}
