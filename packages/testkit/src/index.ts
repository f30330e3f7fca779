export { mintPki } from './mint-pki.js'
export type { MintedCertificate, MintedLeaf, MintPkiOptions, Pki } from './mint-pki.js'
export type {
  AuthorityDeclaration,
  KeyAlgorithm,
  LeafDeclaration,
  LeafRequest,
  LeafUsage,
  PkiDeclaration,
  ValidityDeclaration,
} from './pki-declaration.js'
export { writePki } from './write-pki.js'
export type { WritePkiOptions, WrittenPki } from './write-pki.js'
