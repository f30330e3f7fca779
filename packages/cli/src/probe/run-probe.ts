import { exitCodes } from '../output/exit-code.js'
import type { ExitCode } from '../output/exit-code.js'
import { toJson } from '../output/to-json.js'
import { createProgressLine } from '../output/progress-line.js'
import type { Terminal } from '../output/terminal.js'
import { formatReport } from './format-report.js'
import { readProbeTarget } from './probe-options.js'
import type { ProbeFlags } from './probe-options.js'
import { probeServer } from './probe-server.js'

/** `peergate probe` */
export async function runProbe(
  url: string,
  flags: ProbeFlags & { readonly json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const target = readProbeTarget(url, flags)
  const progress = createProgressLine(terminal)
  const report = await probeServer(target, progress.show).finally(progress.clear)
  const text = flags.json === true ? toJson(report) : formatReport(report, terminal)
  terminal.write(text)
  if (report.findings.length > 0) return exitCodes.finding
  return report.open.length > 0 ? exitCodes.couldNotRun : exitCodes.holds
}
