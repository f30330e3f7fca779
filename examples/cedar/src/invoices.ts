export interface Invoice {
  readonly sent: boolean
}

/** An invoice of a tenant; null if there is none. It stands for a query, which takes time. */
export async function findInvoice(tenant: string, id: string): Promise<Invoice | null> {
  return invoices.get(`${tenant}/${id}`) ?? null
}

const invoices = new Map<string, Invoice>([
  ['acme/42', { sent: true }],
  ['acme/7', { sent: false }],
  ['umbra/42', { sent: true }],
  ['umbra/7', { sent: false }],
])
