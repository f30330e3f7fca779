// @ts-check
// Only the published package is bundled: Node loads three files in a fifth of the time of 250. The
// tests run the modules one by one.
import { createRequire } from 'node:module'
import { defineConfig } from 'rolldown'

/** @type {{ readonly dependencies: object }} */
const { dependencies } = createRequire(import.meta.url)('./package.json')

/**
 * Node reads and compiles a file faster that holds nothing but ASCII, and only texts hold anything else.
 *
 * @type {import('rolldown').Plugin}
 */
const escapeTexts = {
  name: 'escape-texts',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7F]/g, escapeUnit)
    }
  },
}

/** @param {string} unit */
function escapeUnit(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

export default defineConfig({
  input: { index: './src/index.ts', material: './src/material.ts', options: './src/options.ts' },
  platform: 'node',
  plugins: [escapeTexts],
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
