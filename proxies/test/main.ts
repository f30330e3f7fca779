import { createEdgePki, findProxy, proxyNames } from '@peergate/proxies'
import type { EdgePki, InstalledProxy, ProxyName } from '@peergate/proxies'
import { callingScenarios } from './calling-scenarios.js'
import { createCheck } from './check.js'
import { runConformanceScenarios } from './conformance-scenarios.js'
import type { CheckResult } from './check.js'
import { runEdgeScenarios } from './edge-scenarios.js'
import { issueClients } from './clients.js'
import { furtherScenarios } from './further-scenarios.js'
import type { Trial } from './edge.js'
import { productCases } from './product-cases.js'

const options = process.argv.slice(2)
const requiresAll = options.includes('--require-all')
const wanted = options.filter((option) => !option.startsWith('--'))
const names = proxyNames.filter((name) => wanted.length === 0 || wanted.includes(name))

const pki = await createEdgePki()
let failed = 0
for (const name of names) {
  const proxy = findProxy(name)
  failed += proxy === null ? reportMissing(name) : report(proxy, await tryProxy(pki, proxy))
}
const missing = names.filter((name) => findProxy(name) === null)
const tried = `${names.length - missing.length} of ${names.length} proxies tried`
const lacking = missing.length === 0 ? '' : `; missing: ${missing.join(', ')}`
console.log(`${tried}${lacking}; ${failed === 0 ? 'all as declared' : `${failed} failures`}`)
process.exitCode = failed === 0 ? 0 : 1

async function tryProxy(pki: EdgePki, proxy: InstalledProxy): Promise<CheckResult> {
  const clients = await issueClients(pki)
  const product = productCases[proxy.name]
  const trial: Trial = { pki, proxy, product, clients }
  const check = createCheck()
  check.scenario('starts as its example shows')
  await runEdgeScenarios(check, trial).catch(check.fail)
  for (const [rule, run] of [...furtherScenarios, ...callingScenarios, ...product.mistakes]) {
    check.scenario(rule)
    await run(check, trial).catch(check.fail)
  }
  await runConformanceScenarios(check, proxy, product).catch(check.fail)
  return check.result()
}

function report(
  { name, version }: InstalledProxy,
  { scenarios, passed, failures }: CheckResult,
): number {
  const total = passed + failures.length
  console.log(`${name} ${version}: ${passed} of ${total} assertions passed, ${scenarios} scenarios`)
  for (const failure of failures) console.log(`  ${failure}`)
  return failures.length
}

function reportMissing(name: ProxyName): number {
  console.log(`${name}: missing; scripts/install-proxies.sh installs it`)
  return requiresAll ? 1 : 0
}
