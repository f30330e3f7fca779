// Admits certificates that were never seen, in a process of its own, started by `measure-heap.ts`, which
// says of which certificate they are copies and then, again and again, how many are to be admitted. The
// answer is how many bytes the heap has afterwards.
import { once } from 'node:events'
import { createRequests, openSocket } from '../contracts/admit-lines.js'
import { createGate } from '../servers/contestants/gates.js'
import { createNginxSource } from '../servers/contestants/forwarded-fastify.js'
import { createNewCertificates, nginxHeaders } from '../servers/loads.js'
import { collectGarbage } from './collect-garbage.js'

const [{ pem }] = (await once(process, 'message')) as [{ readonly pem: string }]
const gate = createGate(createNginxSource())
const newCertificate = createNewCertificates(pem)
const socket = await openSocket()
process.once('disconnect', () => process.exit())
process.on('message', ({ certificates }: { readonly certificates: number }) => {
  void admitMany(certificates).then((bytes) => process.send?.(bytes))
})
process.send?.({ ready: true })

async function admitMany(certificates: number): Promise<number> {
  for (let left = certificates; left > 0; left -= 1) {
    const newRequest = createRequests(socket, nginxHeaders(newCertificate()))
    const { refusal } = gate.admit(newRequest())
    if (refusal !== null) throw new Error(`a certificate gives no identity: ${refusal.detail}`)
  }
  return collectGarbage()
}
