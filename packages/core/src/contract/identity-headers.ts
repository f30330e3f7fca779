export function isIdentityHeader(folded: string): boolean {
  return folded === 'x-forwarded-client-cert'
}
