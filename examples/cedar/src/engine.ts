import { readFileSync } from 'node:fs'
import type { Authorize } from '@peergate/core'
import {
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs'
import { readPrincipal, readResource } from './entities.js'
import { findInvoice } from './invoices.js'

const schema = readFileSync(new URL('../schema.cedarschema', import.meta.url), 'utf8')
const policies = {
  staticPolicies: readFileSync(new URL('../policies.cedar', import.meta.url), 'utf8'),
}

/** Cedar reads its schema and its policies here, at boot; the requests name what it read. */
export function createEngine(): Authorize {
  refuseUnsound()
  return async ({ identity, permission, params }) => {
    const principal = readPrincipal(identity.value)
    const resource = await readResource(params, findInvoice)
    // Cedar is not asked about what is nobody and nothing of its schema.
    if (principal === null || resource === null) return false
    const answer = statefulIsAuthorized({
      principal: principal.uid,
      action: { type: 'Action', id: permission },
      resource: resource.uid,
      context: {},
      preparsedSchemaName: 'invoices',
      preparsedPolicySetId: 'invoices',
      validateRequest: true,
      entities: [principal, resource],
    })
    if (answer.type === 'failure') throw new Error(listErrors(answer.errors))
    const { decision, diagnostics } = answer.response
    // A policy that fails is left out by Cedar, also where it forbids: so its answer is none.
    const [fault] = diagnostics.errors
    if (fault !== undefined) throw new Error(`${fault.policyId}: ${fault.error.message}`)
    return decision === 'allow'
  }
}

function refuseUnsound(): void {
  const answer = validate({ schema, policies, validationSettings: { mode: 'strict' } })
  const checked = answer.type === 'failure' ? answer.errors : []
  const faults = answer.type === 'success' ? answer.validationErrors.map(({ error }) => error) : []
  const parsed = [preparseSchema('invoices', schema), preparsePolicySet('invoices', policies)]
  const unparsed = parsed.flatMap((one) => (one.type === 'failure' ? one.errors : []))
  const errors = [...checked, ...faults, ...unparsed]
  if (errors.length > 0) throw new Error(listErrors(errors))
}

function listErrors(errors: readonly DetailedError[]): string {
  return errors.map(({ message }) => message).join('; ')
}
