import type { AuthorizationQuestion, Authorize } from '@peergate/core'

/** Engines that break the contract, each in its own way; none of them may let anybody in. */
export const faultyEngines: readonly (readonly [fault: string, engine: Authorize])[] = [
  [
    'it throws',
    () => {
      throw new Error('no connection to the engine')
    },
  ],
  ['it rejects', () => Promise.reject(new Error('no connection to the engine'))],
  ['it never answers', () => new Promise(() => undefined)],
  ['it allows too late', allowLate],
  ['it gives a text', (() => 'allow') as unknown as Authorize],
  ['it gives an object', (() => ({ decision: 'allow' })) as unknown as Authorize],
  ['it gives nothing', (() => undefined) as unknown as Authorize],
]

/** The signal tells an engine that its answer counts no more, so that it can end its own request. */
function allowLate({ signal }: AuthorizationQuestion): Promise<boolean> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(true))
  })
}
