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
import { readPolicies } from './policies.js'

/**
 * The engine that Cedar is. It reads schema and policies here, at boot; `onAnswer` is told of the
 * policies that decided.
 */
export function createEngine(onAnswer: (policies: readonly string[]) => void): Authorize {
  loadPolicies()
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
      preparsedSchemaName: loaded,
      preparsedPolicySetId: loaded,
      validateRequest: true,
      entities: [principal, resource],
    })
    if (answer.type === 'failure') throw listErrors(answer.errors)
    const { decision, diagnostics } = answer.response
    // A policy that fails is left out by Cedar, also where it forbids: so this is no answer.
    if (diagnostics.errors.length > 0)
      throw listErrors(diagnostics.errors.map(({ error }) => error))
    onAnswer(diagnostics.reason)
    return decision === 'allow'
  }
}

/** The name by which the questions refer to what was loaded. */
const loaded = 'invoices'

function loadPolicies(): void {
  const schema = readFileSync(new URL('../schema.cedarschema', import.meta.url), 'utf8')
  const policies = { staticPolicies: readPolicies() }
  for (const parsed of [preparseSchema(loaded, schema), preparsePolicySet(loaded, policies)]) {
    if (parsed.type === 'failure') throw listErrors(parsed.errors)
  }
  const checked = validate({ schema, policies, validationSettings: { mode: 'strict' } })
  if (checked.type === 'failure') throw listErrors(checked.errors)
  const faults = checked.validationErrors.map(({ error }) => error)
  if (faults.length > 0) throw listErrors(faults)
}

function listErrors(errors: readonly DetailedError[]): Error {
  return new Error(errors.map(({ message }) => message).join('; '))
}
