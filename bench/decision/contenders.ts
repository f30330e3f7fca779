import { measureContender } from './measure-contender.js'
import type { Measurement, Scope } from './measure-contender.js'

type Measure = (scope: Scope) => Promise<readonly Measurement[]>

/**
 * By the names of the rows, in their order. Each is loaded when it is measured, so that no other library
 * is in its process.
 */
export const contenders: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  [
    'Peergate',
    async (scope) => {
      const { peergate } = await import('./contenders/peergate.js')
      return measureContender(peergate, scope)
    },
  ],
  [
    'casbin',
    async (scope) => {
      const { casbin } = await import('./contenders/casbin.js')
      return measureContender(casbin, scope)
    },
  ],
  [
    'casbin, cached',
    async (scope) => {
      const { casbinCached } = await import('./contenders/casbin.js')
      return measureContender(casbinCached, scope)
    },
  ],
  [
    'accesscontrol',
    async (scope) => {
      const { accesscontrol } = await import('./contenders/accesscontrol.js')
      return measureContender(accesscontrol, scope)
    },
  ],
  [
    '@casl/ability',
    async (scope) => {
      const { casl } = await import('./contenders/casl.js')
      return measureContender(casl, scope)
    },
  ],
])
