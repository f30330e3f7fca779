import { isMaterials } from './client-ca-set.js'
import type { ClientCaSetOptions } from './client-ca-set.js'
import { parseDenylist } from './denylist.js'
import type { DenylistOptions } from './denylist.js'
import { loadHosts } from './hosts.js'
import type { Hosts } from './hosts.js'
import type { HostOptions } from './host-options.js'
import { isPath, withRoles } from './material.js'
import type { Material } from './material.js'
import { createResumption } from './resumption.js'
import type { ContextRules } from './server-options.js'
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

/** `onChange` is called once a new state is in force. */
export function createTrustStore(
  options: ParsedTlsGateOptions,
  chooseContext: ContextRules['chooseContext'],
  onChange: () => void,
): TrustStore {
  const { minVersion, refusals } = options
  const rules = { minVersion, refusals, chooseContext }
  const haveOwnCas = !options.hosts.has(null)
  const resumption = createResumption(options.resumption, { haveOwnCas, minVersion })
  let denylist = parseDenylist('createTlsGate', options.denylist)
  let hosts = loadHosts(options.hosts)
  let state = createState(hosts)

  function createState(read: Hosts): TrustState {
    return createTrustState({ hosts: read, denylist, resumption, rules })
  }

  function change(next: TrustState): void {
    state = next
    onChange()
  }

  return {
    current: () => state,
    reload() {
      const read = loadHosts(options.hosts)
      const next = createState(read)
      hosts = read
      change(next)
    },
    setDenylist(denied) {
      denylist = parseDenylist('setDenylist', denied)
      change(createState(hosts))
    },
  }
}

/** The files that {@link createTrustStore} reads. */
export function listPaths({ hosts }: ParsedTlsGateOptions): readonly string[] {
  return [...hosts.values()].flatMap(materialsOfHost).filter(isPath)
}

function materialsOfHost({ server, clientCas }: HostOptions): readonly Material[] {
  return [server.cert, server.key, ...Object.values(clientCas).flatMap(materialsOf)]
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
