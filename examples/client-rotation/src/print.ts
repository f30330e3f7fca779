const serialWidth = 40

/** The titles of the table, which is 80 columns wide at most. */
export function printHead(callers: readonly string[]): void {
  const titles = ['   ', 'new serial number'.padEnd(serialWidth), ...callers.map(inColumn)]
  console.log(`\n  milliseconds from the change of the files until the upstream saw it\n`)
  console.log(`  ${titles.join('  ')}`)
}

export function printRotation(
  rotation: number,
  serialNumber: string,
  delays: readonly (number | undefined)[],
): void {
  const cells = delays.map((delay) => inColumn(delay === undefined ? 'never' : delay.toFixed(0)))
  console.log(
    `  ${[String(rotation).padStart(3), serialNumber.padEnd(serialWidth), ...cells].join('  ')}`,
  )
}

function inColumn(text: string): string {
  return text.padStart(6)
}
