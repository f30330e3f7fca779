import type { Caller } from './callers.js'

/** Requests of every caller, several at a time and without a pause. */
export interface Load {
  readonly requests: () => number
  /** What failed, one line for each. */
  readonly failures: readonly string[]
  /** Resolves when the last answer is there. */
  readonly stop: () => Promise<void>
}

const atATime = 3

export function startLoad(callers: readonly Caller[]): Load {
  const failures: string[] = []
  let requests = 0
  const over = new AbortController()

  async function repeat({ name, call }: Caller): Promise<void> {
    while (!over.signal.aborted) {
      requests += 1
      // oxlint-disable-next-line eslint/no-await-in-loop -- the next is sent when this one is answered
      const fault = await call().then(faultOf, String)
      if (fault !== null) failures.push(`${name}: ${fault}`)
    }
  }

  const running = callers.flatMap((caller) =>
    Array.from({ length: atATime }, async () => repeat(caller)),
  )
  return {
    requests: () => requests,
    failures,
    async stop() {
      over.abort()
      await Promise.all(running)
    },
  }
}

function faultOf(status: number): string | null {
  return status === 200 ? null : `answered ${status}`
}
