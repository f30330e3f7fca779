import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { clientIdentity, denyUnmatched, requirePermission } from '@peergate/express'
import { decisionConformance, requestDecisions } from '@peergate/testkit'
import type { DecisionTarget } from '@peergate/testkit'
import type express from 'express'
import t from 'tap'
import { versions } from './test-app.js'

function createTarget(createApp: typeof express): DecisionTarget {
  return {
    protocol: 'http/1.1',
    async start({ tls, gate }, routes) {
      let handled = 0
      const app = createApp()
      app.use(clientIdentity(gate))
      for (const { path, requirement } of routes) {
        app.get(path, requirePermission(gate, requirement), (req, res) => {
          handled += 1
          res.json(req.clientIdentity)
        })
      }
      app.use(denyUnmatched(gate))
      const server = createServer(tls.serverOptions, app)
      tls.attach(server)
      await once(server.listen(0, '127.0.0.1'), 'listening')
      return {
        port: (server.address() as AddressInfo).port,
        handled: () => handled,
        async close() {
          server.closeAllConnections()
          await once(server.close(), 'close')
        },
      }
    },
  }
}

for (const [version, createApp] of versions) {
  for (const group of version === '5' ? decisionConformance : requestDecisions) {
    t.test(`express ${version} decides on ${group.name}`, async (t) => {
      const { cases, close } = await group.start(createTarget(createApp))
      t.teardown(close)
      for (const { name, run } of cases) await t.test(name, run)
    })
  }
}
