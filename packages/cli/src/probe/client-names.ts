import type { ProbeClient } from './probe-report.js'

/** The clients as people read them. */
export const clientNames: Readonly<Record<ProbeClient, string>> = {
  nobody: 'no one',
  stranger: 'a stranger',
  rogue: 'a rogue',
  own: 'yourself',
}
