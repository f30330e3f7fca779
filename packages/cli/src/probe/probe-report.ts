export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

/** Who connects. */
export type ProbeClient =
  /** Without a certificate. */
  | 'nobody'
  /** With a certificate of a CA that was made up. */
  | 'stranger'
  /** The same, with the right names in it: those of the issuer and of the caller. */
  | 'rogue'
  /** With the caller’s own certificate. */
  | 'own'

/** What came of one connection. */
export interface Attempt {
  readonly client: ProbeClient
  readonly version: TlsVersion
  /**
   * `answered`: the application answered, which is known by its bytes alone. `denied`: it did, with 401
   * or 403. `refused`: the server ended it, in the handshake or, at layer `http`, with a page of its own
   * instead of the application’s. `not-spoken`: not this version. `failed`: nothing is known.
   */
  readonly outcome: 'answered' | 'denied' | 'failed' | 'not-spoken' | 'refused'
  /** Where it ended; null after an answer. */
  readonly layer: 'application' | 'http' | 'network' | 'tls' | null
  readonly status: number | null
  /** The name of the alert (RFC 8446 §6), or the code of the error, or of the refusal. */
  readonly code: string | null
  /** What it means, as far as it can be known from here; null after an answer. */
  readonly cause: string | null
  readonly remedy: string | null
}

/** Whether a session can be resumed, and what that admits. */
export interface Resumption {
  readonly version: TlsVersion
  readonly client: ProbeClient
  readonly offered: boolean
  readonly resumed: boolean
  /** The status that the resumed connection was answered with; null without an answer. */
  readonly status: number | null
}

/** What became of identity headers that were made up. */
export interface ForgedOutcome {
  readonly client: ProbeClient
  readonly status: number | null
  readonly forgedStatus: number | null
  /**
   * `refused`: such a request is turned down; `unknown`: honest requests are not answered alike, or the
   * forged one was not answered, so that nothing can be told.
   */
  readonly effect: 'changed' | 'refused' | 'unchanged' | 'unknown'
}

export interface Finding {
  readonly code: FindingCode
  readonly what: string
  readonly remedy: string
}

type FindingCode =
  | 'certificates-not-requested'
  | 'forged-headers-change-answer'
  | 'nobody-answered'
  | 'own-refused'
  | 'public-roots'
  | 'rogue-answered'
  | 'stranger-answered'

export interface ProbeReport {
  readonly url: string
  /** What the server showed; null where no handshake got that far. */
  readonly server: ServerCertificate | null
  readonly versions: readonly TlsVersion[]
  /**
   * `strict`: nobody gets to the application without a certificate. `optional`: one is asked for, and
   * whoever has none gets through TLS. `off`: none is asked for. `unknown`: nobody gets through, or what
   * the server asks for could not be read.
   */
  readonly clientCertificates: 'off' | 'optional' | 'strict' | 'unknown'
  /** How a strict server refuses; null for others. */
  readonly refusesBy: 'http' | 'tls' | null
  /** The CAs that the server names as acceptable; null where that is not known. */
  readonly clientCas: readonly string[] | null
  /** How many of them are CAs that browsers trust; null where they are not known. */
  readonly publicRoots: number | null
  readonly attempts: readonly Attempt[]
  readonly resumption: readonly Resumption[]
  /** Null where it was not to be tried, or nobody gets an answer. */
  readonly forgedHeaders: ForgedOutcome | null
  /** What was to be found out and could not be, in words; with none of these, nothing is left open. */
  readonly open: readonly string[]
  readonly findings: readonly Finding[]
}

export interface ServerCertificate {
  readonly subject: string
  /** RFC 3339. */
  readonly notAfter: string
}
