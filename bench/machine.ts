import { arch, cpus, platform } from 'node:os'

/** What a run ran on. */
export interface Machine {
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
}

export function describeMachine(): Machine {
  const cores = cpus()
  return {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
  }
}

export function formatMachine({ node, platform: system, cpu, cores }: Machine): string {
  return `Node ${node}, ${system}, ${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}`
}
