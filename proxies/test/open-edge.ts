import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
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
  readonly backend: RequestListener
}

/** Runs `body` with the port of the proxy, and its backend; stops both. */
export async function withProxy(
  { proxy, certs, files, replacements, backend }: EdgeSetting,
  body: (port: number, backend: Server) => Promise<void>,
): Promise<void> {
  const server = createServer(backend)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
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
      await body(running.port, server)
    } finally {
      await running.stop()
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
