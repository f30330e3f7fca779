import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { policyFile } from '@peergate/core'
import type { PeerGateError } from '@peergate/core'
import type { Test } from 'tap'
import { faultOf } from './fault-of.js'

/** A folder of the test for policy files. */
export interface PolicyFolder {
  readonly path: (name: string) => string
  /** The path of the file that was written. */
  readonly write: (name: string, content: Uint8Array | string) => string
  /** What is wrong with a file of this content, without the folder; null for a policy. */
  readonly faultOfFile: (name: string, content: Uint8Array | string) => FileFault | null
}

interface FileFault {
  readonly code: PeerGateError['code']
  readonly detail: string
}

export function policyFolder(t: Test): PolicyFolder {
  const folder = mkdtempSync(join(tmpdir(), 'peergate-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = (name: string) => join(folder, name)
  function write(name: string, content: Uint8Array | string): string {
    writeFileSync(path(name), content)
    return path(name)
  }
  return {
    path,
    write,
    faultOfFile(name, content) {
      write(name, content)
      const error = faultOf(() =>
        policyFile({ path: path(name), identity: 'spiffe', permissions: ['invoice:read'] }),
      )
      if (error === null) return null
      return { code: error.code, detail: error.detail.replaceAll(`${folder}/`, '') }
    },
  }
}
