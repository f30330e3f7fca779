// @ts-check
// Writes a table between the marks of its name in a document, or says whether it is still what is written.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'

/**
 * `document` is a path below docs/, in which `<!-- name -->` and `<!-- /name -->` stand around the table.
 * With `--check` on the command line, nothing is written, and a table that differs is a failure.
 *
 * @param {{ document: string, name: string, rows: readonly (readonly string[])[], writer: string }} table
 */
export async function renewTable({ document, name, rows: [header = [], ...rows], writer }) {
  const path = fileURLToPath(new URL(`../docs/${document}`, import.meta.url))
  const marks = new RegExp(`(<!-- ${name} -->\n).*(<!-- /${name} -->)`, 'su')
  const written = readFileSync(path, 'utf8')
  const table = [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`)
  const options = { ...(await resolveConfig(path)), filepath: path }
  const renewed = await format(written.replace(marks, `$1\n${table.join('')}\n$2`), options)

  if (!process.argv.includes('--check')) writeFileSync(path, renewed)
  else if (renewed !== written) {
    const lines = new Set(written.split('\n'))
    const news = renewed.split('\n').filter((line) => !lines.has(line))
    console.error(`${path} is not true any more; renew it by node scripts/${writer}`)
    console.error(news.join('\n'))
    process.exitCode = 1
  }
}
