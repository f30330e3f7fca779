import type { PeerGateErrorCode } from '@peergate/core'

/** What a client asks for, and what the policy says of it. */
export interface Request {
  /** The path of its SPIFFE ID. */
  readonly client: string
  readonly method: 'DELETE' | 'GET' | 'POST'
  readonly path: string
  /** The code of the refusal; null for what the policy allows. */
  readonly refusal: PeerGateErrorCode | null
  readonly because: string
}

const acmeApi = '/tenants/acme/sa/api'
const acmeReports = '/tenants/acme/sa/reports'
const umbraApi = '/tenants/umbra/sa/api'
const auditor = '/platform/sa/auditor'

const denied = 'ERR_PEERGATE_PERMISSION_DENIED'

export const requests: readonly Request[] = [
  allow(acmeApi, 'GET /tenants/acme/invoices/42', 'a viewer of its tenant'),
  allow(acmeApi, 'POST /tenants/acme/invoices', 'a clerk of its tenant'),
  allow(acmeApi, 'DELETE /tenants/acme/invoices/7', 'a clerk, and 7 is a draft'),
  refuse(
    acmeApi,
    'DELETE /tenants/acme/invoices/42',
    'ERR_PEERGATE_CONDITION_UNMET',
    '42 was sent',
  ),
  refuse(acmeApi, 'GET /tenants/umbra/invoices/42', denied, 'another tenant'),
  refuse(acmeApi, 'POST /tenants/umbra/invoices', denied, 'another tenant'),
  refuse(acmeApi, 'DELETE /tenants/umbra/invoices/7', denied, 'another tenant'),
  refuse(acmeApi, 'GET /tenants/ACME/invoices/42', denied, 'ACME is not acme'),
  refuse(acmeApi, 'GET /tenants/acme%2Fumbra/invoices/42', denied, 'acme/umbra is not acme'),
  refuse(acmeApi, 'GET /tenants/%7Btenant%7D/invoices/42', denied, '{tenant} in a path is text'),
  allow(acmeReports, 'GET /tenants/acme/invoices/42', 'a viewer of its tenant'),
  refuse(acmeReports, 'POST /tenants/acme/invoices', denied, 'a viewer only'),
  allow(umbraApi, 'GET /tenants/umbra/invoices/42', 'a viewer of its tenant'),
  refuse(umbraApi, 'GET /tenants/acme/invoices/42', denied, 'another tenant'),
  allow(auditor, 'GET /tenants/acme/invoices/42', 'a viewer of all tenants'),
  allow(auditor, 'GET /tenants/umbra/invoices/42', 'a viewer of all tenants'),
  refuse(auditor, 'POST /tenants/acme/invoices', denied, 'a viewer only'),
  refuse('/tenants/acme/api', 'GET /tenants/acme/invoices/42', denied, 'no service account'),
  // The last one is explained.
  refuse(umbraApi, 'POST /tenants/umbra/invoices', denied, 'denied to all of umbra'),
]

function allow(client: string, request: string, because: string): Request {
  return refuse(client, request, null, because)
}

function refuse(
  client: string,
  request: string,
  refusal: PeerGateErrorCode | null,
  because: string,
): Request {
  const [method, path = ''] = request.split(' ')
  return { client, method: method as Request['method'], path, refusal, because }
}
