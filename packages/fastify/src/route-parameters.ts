/** The names of the parameters in a URL, as the router of Fastify writes them. */
export function parametersOf(url: string): readonly string[] {
  const plain = withoutExpressions(url).replaceAll('::', '')
  return Array.from(plain.matchAll(/:(?<name>[^/:.?-]*)|\*/gu), ([all, name]) => name ?? all)
}

/** Without the expressions in parentheses that may follow a name: `:id(^\\d+$)`. */
function withoutExpressions(url: string): string {
  let depth = 0
  let plain = ''
  for (const [part] of url.matchAll(/\\.|[^]/gu)) {
    if (part === '(') depth += 1
    if (depth === 0) plain += part
    if (part === ')' && depth > 0) depth -= 1
  }
  return plain
}
