import type { PeerGateErrorCode } from '@peergate/core'

/** What a client asks for, and what must be answered. */
export interface Request {
  /** The path of its SPIFFE ID. */
  readonly client: string
  readonly method: 'DELETE' | 'GET' | 'POST'
  readonly path: string
  /** The code of the refusal; null for what is allowed. */
  readonly refusal: PeerGateErrorCode | null
  /** The policy of Cedar that decides; null where none applies, or Cedar is not asked. */
  readonly policy: string | null
  readonly because: string
}

const acmeApi = '/tenants/acme/sa/api'
const acmeReports = '/tenants/acme/sa/reports'
const umbraApi = '/tenants/umbra/sa/api'
const auditor = '/platform/sa/auditor'

export const requests: readonly Request[] = [
  allow(acmeApi, 'GET /tenants/acme/invoices/42', 'accounts-read-their-tenant'),
  allow(acmeApi, 'POST /tenants/acme/invoices', 'api-creates-in-its-tenant'),
  allow(acmeApi, 'DELETE /tenants/acme/invoices/7', 'api-deletes-drafts-of-its-tenant'),
  refuse(acmeApi, 'DELETE /tenants/acme/invoices/42', '42 was sent'),
  refuse(acmeApi, 'GET /tenants/umbra/invoices/42', 'another tenant'),
  refuse(acmeApi, 'POST /tenants/umbra/invoices', 'another tenant'),
  refuse(acmeApi, 'POST /tenants/ACME/invoices', 'ACME is not acme'),
  refuse(acmeApi, 'POST /tenants/acme%2Fumbra/invoices', 'acme/umbra is not acme'),
  refuse(acmeApi, 'GET /tenants/acme/invoices/1', 'no such invoice'),
  allow(acmeReports, 'GET /tenants/acme/invoices/42', 'accounts-read-their-tenant'),
  refuse(acmeReports, 'POST /tenants/acme/invoices', 'not the api of its tenant'),
  allow(umbraApi, 'GET /tenants/umbra/invoices/42', 'accounts-read-their-tenant'),
  refuse(umbraApi, 'GET /tenants/acme/invoices/42', 'another tenant'),
  forbid(umbraApi, 'POST /tenants/umbra/invoices', 'umbra-has-not-paid'),
  forbid(umbraApi, 'DELETE /tenants/umbra/invoices/7', 'umbra-has-not-paid'),
  allow(auditor, 'GET /tenants/acme/invoices/42', 'auditors-read-all'),
  allow(auditor, 'GET /tenants/umbra/invoices/42', 'auditors-read-all'),
  refuse(auditor, 'POST /tenants/acme/invoices', 'auditors only read'),
  refuse('/tenants/acme/api', 'GET /tenants/acme/invoices/42', 'no principal of the schema'),
  {
    ...refuse(
      '/tenants/acme/sa/leaked',
      'GET /tenants/acme/invoices/42',
      'a grant denies, Cedar is not asked',
    ),
    refusal: 'ERR_PEERGATE_PERMISSION_DENIED',
  },
]

/** What Cedar would allow, and an engine that fails does not. */
export const failing: Request = {
  ...refuse(acmeApi, 'GET /tenants/acme/invoices/42', ''),
  refusal: 'ERR_PEERGATE_AUTHORIZER_FAULTY',
}

function allow(client: string, request: string, policy: string): Request {
  return { ...refuse(client, request, ''), refusal: null, policy }
}

function forbid(client: string, request: string, policy: string): Request {
  return { ...refuse(client, request, ''), policy }
}

function refuse(client: string, request: string, because: string): Request {
  const [method, path = ''] = request.split(' ')
  return {
    client,
    method: method as Request['method'],
    path,
    refusal: 'ERR_PEERGATE_AUTHORIZER_DENIED',
    policy: null,
    because,
  }
}
