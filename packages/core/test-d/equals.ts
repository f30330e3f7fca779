/** True for two types that are the same, where each being assignable to the other would not tell. */
export type Equals<One, Other> =
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each is one side
  (<Probe>() => Probe extends One ? 1 : 2) extends <Probe>() => Probe extends Other ? 1 : 2
    ? true
    : false

/** Compiles for true only: `expectTrue<Equals<One, Other>>()`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is there to be checked
export declare function expectTrue<Condition extends true>(): Condition
