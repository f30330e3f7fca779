import type { TestClientRequest } from './test-pki.js'

/** A client in the names of nobody whom a test knows: headers that name it must change nothing. */
export const anotherClient: TestClientRequest = {
  subject: 'CN=another client of the conformance suite',
  uri: ['spiffe://another.example/conformance/client'],
}
