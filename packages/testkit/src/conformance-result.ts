/** One thing that was tried. */
export interface ConformanceResult {
  /** What has to hold. */
  readonly name: string
  readonly holds: boolean
  /** What was seen, in sentences. */
  readonly because: string
}
