import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.js'

/** A folder that nobody else can enter, and that is gone when the process is, however it ends. */
export function makeTemporaryFolder(): string {
  // Short: the path of a Unix socket has at most 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  atExit(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Gives a folder to `user`, where root runs: root can still enter it, and nobody else. */
export function giveFolder(folder: string, user: string): void {
  if (process.getuid?.() !== 0) return
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) =>
    Number(execFileSync('id', [flag, user], { encoding: 'utf8' })),
  )
  chownSync(folder, uid, gid)
}
