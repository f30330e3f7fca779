import { PeerGateError } from '@peergate/core'
import type { Admission, ClientIdentity, PeerGate, RefusalAnswer } from '@peergate/core'
import type { NextFunction, Request, Response } from 'express'

declare global {
  // eslint-disable-next-line typescript/no-namespace -- the way that Express is augmented
  namespace Express {
    interface Request {
      /** Who sent the request; null on a public route whose peer has no identity. */
      clientIdentity: ClientIdentity | null
    }
  }
}

/** What `clientIdentity` leaves on a request for the requirements behind it. */
export interface IdentifiedRequest {
  readonly gate: PeerGate
  readonly admission: Admission
  readonly answer: Answer
}

/** Answers a refused request, or hands the error on, as `clientIdentity` was told to. */
export type Answer = (error: PeerGateError, res: Response, next: NextFunction) => void

const identifiedKey = Symbol('peergate.identified')

type MarkedRequest = Request & { [identifiedKey]?: IdentifiedRequest }

export function markIdentified(req: Request, identified: IdentifiedRequest): void {
  ;(req as MarkedRequest)[identifiedKey] = identified
  req.clientIdentity = identified.admission.identity
}

/** @throws {PeerGateError} ERR_PEERGATE_MIDDLEWARE_MISSING */
export function identifiedOf(req: Request): IdentifiedRequest {
  const identified = (req as MarkedRequest)[identifiedKey]
  if (identified !== undefined) return identified
  const fault = 'app.use(clientIdentity(gate)) must come before everything that needs the peer'
  throw new PeerGateError('ERR_PEERGATE_MIDDLEWARE_MISSING', fault)
}

export function createAnswer({ forward, problem }: RefusalAnswer): Answer {
  if (forward) return (error, _res, next) => next(error)
  return (error, res) => {
    const { statusCode, headers, body } = problem(error)
    res.writeHead(statusCode, headers).end(body)
  }
}
