import { writeTestPki } from '@peergate/proxies'
import type { InstalledProxy } from '@peergate/proxies'
import { createTestPki, proxyConformance } from '@peergate/testkit'
import type { ConformanceResult } from '@peergate/testkit'
import { gatedBackend, naiveBackend } from './backends.js'
import type { Check } from './check.js'
import { plantedFaults } from './misconfigurations.js'
import type { Misconfiguration } from './misconfigurations.js'
import { withProxy } from './open-edge.js'
import type { ProxyCase } from './proxy-case.js'

/** What `proxyConformance` finds of a proxy that is configured as its example, and as nobody should. */
export async function runConformanceScenarios(
  check: Check,
  proxy: InstalledProxy,
  product: ProxyCase,
): Promise<void> {
  const pki = await createTestPki()
  const certs = writeTestPki(pki)
  const { header, faults } = plantedFaults[proxy.name]
  const headers = product.contract.headers.map(({ name }) => name)

  check.scenario('proxyConformance finds nothing in the example')
  const sound = { proxy, certs, files: product.files, replacements: [] }
  await withProxy({ ...sound, backend: gatedBackend(product.contract) }, async (port, backend) => {
    const results = await proxyConformance({ port, backend, headers, pki })
    check.same(findings(results), [], 'findings')
    check.same(results.length, 47, 'results')
  }).catch(check.fail)

  for (const { fault, replacements, finding, ...places } of faults) {
    check.scenario(`proxyConformance finds ${fault}`)
    const edge = { proxy, certs, files: product.files, replacements, backend: naiveBackend(header) }
    await withProxy(edge, async (port, backend) => {
      const results = await proxyConformance({ port, backend, headers, pki, ...placesOf(places) })
      check.same(
        findings(results).includes(finding),
        true,
        `${finding}, among ${findings(results).join('; ')}`,
      )
    }).catch(check.fail)
  }
}

function placesOf({ hosts, paths }: Pick<Misconfiguration, 'hosts' | 'paths'>) {
  return { ...(hosts !== undefined && { hosts }), ...(paths !== undefined && { paths }) }
}

function findings(results: readonly ConformanceResult[]): readonly string[] {
  return results.filter(({ holds }) => !holds).map(({ name }) => name)
}
