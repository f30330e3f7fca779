import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startProxy } from '@peergate/proxies'
import type { InstalledProxy } from '@peergate/proxies'
import { createEditor, inExamples } from './configuration-editor.js'
import type { Replacement } from './proxy-case.js'

/** A proxy as its example configures it, but for what is replaced, before a backend. */
export interface EdgeSetting {
  readonly proxy: InstalledProxy
  /** The folder of the certificates. */
  readonly certs: string
  /** The files of its example, below examples/. */
  readonly files: readonly string[]
  readonly replacements: readonly Replacement[]
  /** Which does not listen yet. */
  readonly backend: Server
}

/** Runs `body` with the port of the proxy; stops it and the backend. */
export async function withProxy(
  { proxy, certs, files, replacements, backend }: EdgeSetting,
  body: (port: number) => Promise<void>,
): Promise<void> {
  await once(backend.listen(0, '127.0.0.1'), 'listening')
  const { port } = backend.address() as AddressInfo
  const editor = createEditor(replacements, port)
  try {
    const running = await startProxy(proxy, {
      files: files.map(inExamples),
      certs,
      service: { port },
      edit: editor.edit,
    })
    try {
      const fault = editor.fault()
      if (fault !== null) throw new Error(fault)
      await body(running.port)
    } finally {
      await running.stop()
    }
  } finally {
    backend.closeAllConnections()
    backend.close()
  }
}
