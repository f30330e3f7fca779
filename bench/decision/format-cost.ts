/** Three digits that count, in the unit that suits them. */
export function formatNanoseconds(nanoseconds: number): string {
  if (nanoseconds < 1_000) return `${threeDigits(nanoseconds)} ns`
  if (nanoseconds < 1_000_000) return `${threeDigits(nanoseconds / 1_000)} µs`
  return `${threeDigits(nanoseconds / 1_000_000)} ms`
}

export function formatBytes(bytes: number | null): string {
  return bytes === null ? '> 100 kB' : `${Math.round(bytes).toLocaleString('en')} B`
}

function threeDigits(value: number): string {
  if (value < 10) return value.toFixed(2)
  return value < 100 ? value.toFixed(1) : value.toFixed(0)
}
