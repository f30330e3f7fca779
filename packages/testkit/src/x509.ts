// The library throws while it loads unless the metadata API that its decorators use is there before.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata'

export * from '@peculiar/x509'
