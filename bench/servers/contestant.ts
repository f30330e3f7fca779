import type { Server } from 'node:net'
import type { Material } from '../material.js'

/** Makes a server that answers `GET /invoices/42`, ready to listen. */
export type CreateServer = (material: Material) => Promise<Server>

/** The servers that are compared, by their names in the results. */
export type Contestants = Readonly<Record<string, CreateServer>>
