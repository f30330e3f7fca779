import { writeTestPki } from '@peergate/proxies'
import type { InstalledProxy } from '@peergate/proxies'
import { createTestPki, proxyConformance } from '@peergate/testkit'
import type { ConformanceResult } from '@peergate/testkit'
import { gatedBackend, naiveBackend, secondHopBackend } from './backends.js'
import type { Check } from './check.js'
import { plantedFaults } from './misconfigurations.js'
import type { Misconfiguration } from './misconfigurations.js'
import { withProxy } from './open-edge.js'
import type { EdgeSetting } from './open-edge.js'
import type { ProxyCase } from './proxy-case.js'

/** What `proxyConformance` finds of a proxy that is configured as its example, and as nobody should. */
export async function runConformanceScenarios(
  check: Check,
  proxy: InstalledProxy,
  product: ProxyCase,
): Promise<void> {
  const pki = await createTestPki()
  const certs = await writeTestPki(pki)
  const { contract, files } = product
  const { header, faults } = plantedFaults[proxy.name]
  const headers = contract.headers.map(({ name }) => name)

  async function tryEdge(
    own: Pick<EdgeSetting, 'backend' | 'files' | 'replacements'>,
    places: Places = {},
  ): Promise<readonly ConformanceResult[]> {
    let results: readonly ConformanceResult[] = []
    await withProxy({ proxy, certs, ...own }, async (port) => {
      results = await proxyConformance({ port, backend: own.backend, headers, pki, ...places })
    })
    return results
  }

  async function findNothing(own: Pick<EdgeSetting, 'backend' | 'files'>): Promise<void> {
    const results = await tryEdge({ replacements: [], ...own })
    check.same(findings(results), [], 'findings')
    check.same(results.length, 59, 'results')
  }

  check.scenario('proxyConformance finds nothing in the example')
  await findNothing({ files, backend: gatedBackend(contract) }).catch(check.fail)
  if (proxy.name === 'nginx') {
    check.scenario('proxyConformance finds nothing in the example of a second hop')
    const secondHop = ['edge-second-hop/nginx.conf']
    await findNothing({ files: secondHop, backend: secondHopBackend(contract, pki) }).catch(
      check.fail,
    )
  }
  for (const { fault, replacements, finding, ...places } of faults) {
    check.scenario(`proxyConformance finds ${fault}`)
    const edge = { files, replacements, backend: naiveBackend(header) }
    const found = await tryEdge(edge, placesOf(places)).then(findings).catch(failure)
    check.same(found.includes(finding), true, `${finding}, among ${found.join('; ')}`)
  }
}

type Places = Pick<Misconfiguration, 'hosts' | 'paths'>

function failure(error: unknown): readonly string[] {
  return [String(error)]
}

function placesOf({ hosts, paths }: Places): Places {
  return { ...(hosts !== undefined && { hosts }), ...(paths !== undefined && { paths }) }
}

function findings(results: readonly ConformanceResult[]): readonly string[] {
  return results.filter(({ holds }) => !holds).map(({ name }) => name)
}
