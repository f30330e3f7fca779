// @ts-check
// Only the published package is bundled: Node loads three files in a fifth of the time of 250. The
// tests run the modules one by one.
import { createRequire } from 'node:module'
import { defineConfig } from 'rolldown'

/** @type {{ readonly dependencies: object }} */
const { dependencies } = createRequire(import.meta.url)('./package.json')

export default defineConfig({
  input: { index: './src/index.ts', material: './src/material.ts', options: './src/options.ts' },
  platform: 'node',
  external: [/^node:/u, ...Object.keys(dependencies)],
  resolve: { extensionAlias: { '.js': ['.ts'] } },
  output: {
    dir: 'bundle',
    cleanDir: true,
    // What one entry made must be known to the others, so that they share every module.
    codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
    chunkFileNames: '[name].js',
    minifyInternalExports: false,
    // Who debugs is led to the published src, with its comments.
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
})
