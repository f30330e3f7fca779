import { definePolicy } from '@peergate/core'

/** Who may do what, of which tenant: `{tenant}` of the identity must be `:tenant` of the route. */
export const policy = definePolicy({
  identity: 'spiffe',
  permissions: {
    'invoice:read': 'Read the invoices of a tenant',
    'invoice:write': 'Create invoices of a tenant, and delete those that were not sent',
  },
  roles: {
    viewer: { allow: ['invoice:read'] },
    clerk: { roles: ['viewer'], allow: ['invoice:write'] },
  },
  grants: [
    {
      identity: 'spiffe://prod.example/tenants/{tenant}/sa/*',
      roles: ['viewer'],
      where: { params: { tenant: '{tenant}' } },
    },
    {
      identity: 'spiffe://prod.example/tenants/{tenant}/sa/api',
      roles: ['clerk'],
      where: { params: { tenant: '{tenant}' } },
    },
    // The auditors of the platform belong to no tenant, and read them all.
    { identity: 'spiffe://prod.example/platform/sa/auditor', roles: ['viewer'] },
    // Umbra has not paid. What this denies, no grant gives back.
    { identity: 'spiffe://prod.example/tenants/umbra/**', deny: ['invoice:write'] },
  ],
})
