import { isMaterials } from './client-ca-set.js'
import type { ClientCaSetOptions } from './client-ca-set.js'
import { loadClientCas } from './client-cas.js'
import { parseDenylist } from './denylist.js'
import type { DenylistOptions } from './denylist.js'
import { isPath, withRoles } from './material.js'
import type { Material } from './material.js'
import { createResumption } from './resumption.js'
import { loadServerMaterial } from './server-material.js'
import type { ParsedTlsGateOptions } from './tls-gate-options.js'
import { createTrustState } from './trust-state.js'
import type { TrustState } from './trust-state.js'

/** The trust state in force, which is only ever replaced as a whole. */
export interface TrustStore {
  readonly current: () => TrustState
  /** Reads everything again; throws, and changes nothing, where something is wrong. */
  readonly reload: () => void
  /** Replaces the denylist of the state in force, without reading a file. */
  readonly setDenylist: (options: DenylistOptions) => void
}

/** `onChange` is called with every new state, once it is in force. */
export function createTrustStore(
  options: ParsedTlsGateOptions,
  onChange: (state: TrustState, previous: TrustState) => void,
): TrustStore {
  const resumption = createResumption(options.resumption, { haveOwnCas: false })
  let denylist = parseDenylist('createTlsGate', options.denylist)
  let parts = readParts(options)
  let state = createTrustState({ ...parts, denylist, resumption })

  function change(next: TrustState): void {
    const previous = state
    state = next
    onChange(next, previous)
  }

  return {
    current: () => state,
    reload() {
      const read = readParts(options)
      const next = createTrustState({ ...read, denylist, resumption })
      parts = read
      change(next)
    },
    setDenylist(denied) {
      denylist = parseDenylist('setDenylist', denied)
      change(createTrustState({ ...parts, denylist, resumption }))
    },
  }
}

function readParts({ server, clientCas, minVersion, refusals }: ParsedTlsGateOptions) {
  return {
    server: loadServerMaterial(server),
    clientCas: loadClientCas(clientCas),
    minVersion,
    refusals,
  }
}

/** The files that {@link createTrustStore} reads. */
export function listPaths({ server, clientCas }: ParsedTlsGateOptions): readonly string[] {
  const materials = [server.cert, server.key, ...Object.values(clientCas).flatMap(materialsOf)]
  return materials.filter(isPath)
}

function materialsOf(
  set: ClientCaSetOptions | Material | readonly Material[],
): readonly Material[] {
  if (isMaterials(set)) return listOf(set)
  const { anchors, issuers = [], path = [], revocation } = set
  return [anchors, issuers, path, revocation?.lists ?? []].flatMap(listOf)
}

function listOf(materials: Material | readonly Material[]): readonly Material[] {
  return withRoles('', materials).map(([, material]) => material)
}
