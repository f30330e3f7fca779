/** Calls `clean` when this process ends, also by an error or a signal. Returns what takes it back. */
export function atExit(clean: () => void): () => void {
  listen()
  cleaners.add(clean)
  return () => cleaners.delete(clean)
}

const cleaners = new Set<() => void>()
let isListening = false

function listen(): void {
  if (isListening) return
  isListening = true
  process.once('exit', () => {
    for (const clean of [...cleaners].toReversed()) clean()
  })
  // Node ends without the event above when one of these kills it.
  for (const [signal, number] of signals) process.once(signal, () => process.exit(128 + number))
}

const signals = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const
