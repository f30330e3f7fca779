// @ts-check
import { spawnSync } from 'node:child_process'

/**
 * What the command printed if it failed; null if it did not.
 *
 * @param {string} command @param {readonly string[]} parameters @param {string} cwd
 */
export function runCommand(command, parameters, cwd) {
  const { status, error, stdout, stderr } = spawnSync(command, parameters, {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    shell: process.platform === 'win32' && command !== process.execPath,
  })
  if (error !== undefined) return error.message
  return status === 0 ? null : `exit ${status}\n${stdout}${stderr}`
}

/** @param {string} command @param {readonly string[]} parameters @param {string} cwd */
export function mustRun(command, parameters, cwd) {
  const fault = runCommand(command, parameters, cwd)
  if (fault !== null) throw new Error(`${command} ${parameters.join(' ')}: ${fault}`)
}
