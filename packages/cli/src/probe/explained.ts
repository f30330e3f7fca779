import type { Attempt } from './probe-report.js'

/** What the end of a connection means. */
export type Explained = Pick<Attempt, 'cause' | 'code' | 'layer' | 'outcome' | 'remedy'>

export type Meaning = readonly [cause: string, remedy: string]

export const demanded = 'the server demands a certificate'

export const distrusted: Meaning = [
  'the server does not trust the certificate',
  'compare its issuer with the client CAs of the server, and send the intermediates along',
]
