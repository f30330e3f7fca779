import { readFileSync } from 'node:fs'
import { policySetTextToParts, policyToJson } from '@cedar-policy/cedar-wasm/nodejs'

/** The policies of the file by their `@id`, which Cedar would else number. */
export function readPolicies(): Readonly<Record<string, string>> {
  const text = readFileSync(new URL('../policies.cedar', import.meta.url), 'utf8')
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') throw new Error('policies.cedar does not parse')
  const policies = new Map<string, string>()
  for (const policy of parts.policies) {
    const id = readId(policy)
    // The second would take the place of the first.
    if (policies.has(id)) throw new Error(`policies.cedar has two policies with the id ${id}`)
    policies.set(id, policy)
  }
  return Object.fromEntries(policies)
}

function readId(policy: string): string {
  const answer = policyToJson(policy)
  const id = answer.type === 'success' ? answer.json.annotations?.['id'] : undefined
  if (id === undefined) throw new Error(`a policy of policies.cedar has no @id: ${policy}`)
  return id
}
