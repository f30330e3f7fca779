/** All that a framework calls of Peergate for a request. */
export interface Passage {
  /** A request as the framework has it, that nobody has seen yet. */
  readonly newRequest: () => object
  /** Lets it pass and gives its identity; false where it does not pass. */
  readonly pass: (request: object) => unknown
  readonly close: () => void
}
