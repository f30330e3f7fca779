import { PeerGateError } from '../errors.js'
import type { ClientCaSet } from './client-ca-set.js'
import { loadClientCas } from './client-cas.js'
import type { ClientCas } from './client-cas.js'
import type { HostName, HostOptions } from './host-options.js'
import { isIssuedBy } from './load-certificates.js'
import type { LoadedCertificates } from './load-certificates.js'
import { loadServer } from './server-material.js'
import type { ServerMaterial } from './server-material.js'

/** What the connections to one host rest on. */
export interface Host {
  readonly material: ServerMaterial
  /** The chain of `material`, leaf first. */
  readonly chain: LoadedCertificates
  readonly clientCas: ClientCas
}

/** The hosts of one TLS gate: one for every name, or each by its own. */
export interface Hosts {
  /** What is trusted at which host, sorted: the same lines for the same trust. */
  readonly canonical: readonly string[]
  readonly forEveryName: Host | null
  readonly byName: ReadonlyMap<string, Host>
  readonly clientCasOf: (host: HostName) => ClientCas
  /** Of all hosts. */
  readonly sets: readonly ClientCaSet[]
}

/**
 * Reads the material of all hosts.
 *
 * @throws {PeerGateError} what reading a server's material and a client CA set throws, and
 * ERR_PEERGATE_CLIENT_CA_INVALID for sets that cannot be told apart, and for a CA of the servers
 */
export function loadHosts(options: ReadonlyMap<HostName, HostOptions>): Hosts {
  const hosts = new Map([...options].map(([name, host]) => [name, loadHost(name, host)]))
  const loaded = [...hosts.values()]
  const sets = loaded.flatMap(({ clientCas }) => clientCas.sets)
  refuseSharedKeys(sets)
  refuseSharedNames(sets)
  for (const { chain } of loaded) refuseServerCas(chain, sets)
  return {
    canonical: [...hosts].flatMap(([name, host]) => canonicalOf(name, host)).toSorted(),
    forEveryName: hosts.get(null) ?? null,
    byName: new Map([...hosts].flatMap(([name, host]) => (name === null ? [] : [[name, host]]))),
    // Whoever asks was told the name by this TLS gate, whose hosts never change.
    clientCasOf: (name) => (hosts.get(name) as Host).clientCas,
    sets,
  }
}

function loadHost(name: HostName, { server, clientCas }: HostOptions): Host {
  const place = name === null ? '' : `hosts.${name}.`
  const { material, chain } = loadServer(`${place}server`, server, name)
  const rules = { mayEndBelowRoots: name !== null }
  return { material, chain, clientCas: loadClientCas(`${place}clientCas`, clientCas, rules) }
}

function canonicalOf(name: HostName, { clientCas }: Host): readonly string[] {
  if (name === null) return clientCas.canonical
  return [name, ...clientCas.canonical.map((line) => `${name} ${line}`)]
}

/** A key in two sets would make the name of the set that admitted a peer a matter of order. */
function refuseSharedKeys(sets: readonly ClientCaSet[]): void {
  const setByKey = new Map<string, ClientCaSet>()
  for (const set of sets) {
    for (const { publicKey } of set.listed) {
      const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
      const other = setByKey.get(key) ?? set
      if (other.name !== set.name) {
        throw invalid(`${other.role} and ${set.role} share a CA key; put it into one set`)
      }
      setByKey.set(key, set)
    }
  }
}

/** A grant that asks for a set by its name must not mean other CAs at another host. */
function refuseSharedNames(sets: readonly ClientCaSet[]): void {
  const setByName = new Map<string, ClientCaSet>()
  for (const set of sets) {
    const other = setByName.get(set.name) ?? set
    if (other.canonical.join() !== set.canonical.join()) {
      throw invalid(`${other.role} and ${set.role} are of one name and differ; rename one of them`)
    }
    setByName.set(set.name, set)
  }
}

/** The CA of servers, given for that of clients, would make every server of it a client. */
function refuseServerCas(chain: LoadedCertificates, sets: readonly ClientCaSet[]): void {
  for (const { listed, alsoIssuesServers } of sets) {
    if (alsoIssuesServers) continue
    for (const ca of listed) {
      const issued = chain.find(({ x509 }) => isIssuedBy(x509, ca))
      if (issued === undefined) continue
      throw invalid(
        `${ca.place} is the issuer of ${issued.place}; name the CA of the clients, or state alsoIssuesServers in full if it is one for both`,
      )
    }
  }
}

function invalid(fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CLIENT_CA_INVALID', fault)
}
