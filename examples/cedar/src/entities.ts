import type { EntityJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { Invoice } from './invoices.js'

/** An entity of the schema, with the name by which the others know it. */
export interface Entity extends EntityJson {
  readonly uid: Uid
}

interface Uid {
  readonly type: string
  readonly id: string
}

/** The principal that a SPIFFE ID is; null for one that the schema does not know. */
export function readPrincipal(spiffeId: string): Entity | null {
  if (spiffeId === 'spiffe://prod.example/platform/sa/auditor') {
    return { uid: { type: 'Auditor', id: spiffeId }, attrs: {}, parents: [] }
  }
  const { tenant, name } = account.exec(spiffeId)?.groups ?? {}
  if (tenant === undefined || name === undefined) return null
  return { uid: { type: 'Account', id: spiffeId }, attrs: { name }, parents: [uidOf(tenant)] }
}

const account = /^spiffe:\/\/prod\.example\/tenants\/(?<tenant>[^/]+)\/sa\/(?<name>[^/]+)$/u

/** The resource that the parameters of a route lead to: an invoice, or the tenant where none is named. */
export async function readResource(
  params: unknown,
  find: (tenant: string, id: string) => Promise<Invoice | null>,
): Promise<Entity | null> {
  const { tenant, id } = params as Readonly<Record<string, unknown>>
  if (typeof tenant !== 'string') return null
  if (typeof id !== 'string') return { uid: uidOf(tenant), attrs: {}, parents: [] }
  const invoice = await find(tenant, id)
  if (invoice === null) return null
  const uid = { type: 'Invoice', id: `${tenant}/${id}` }
  return { uid, attrs: { tenant: { __entity: uidOf(tenant) }, sent: invoice.sent }, parents: [] }
}

function uidOf(tenant: string): Uid {
  return { type: 'Tenant', id: tenant }
}
