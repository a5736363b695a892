import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Block } from './documents.ts'

/** What stands in a document's block for what a file holds already. */
const already = '/* … */'

/**
 * Does in `folder` what a TypeScript block of CONTRIBUTING says; the first line names the file.
 *
 * A new file is written as it stands. In one that exists, imports and re-exports go to the top; a line with `already` in
 * it adds what follows to the end of the list, record or type that the line begins; all else goes before the first such.
 */
export function follow(block: Block, folder: string): void {
  const [first, ...rest] = onOneLine(block.text).split('\n')
  const path = /^\/\/ (src\/\S+)$/.exec(first!)?.[1]
  if (!path) throw new Error(`The block of line ${block.line} does not name its file.`)
  const file = join(folder, path)
  if (!existsSync(file)) {
    writeFileSync(file, `${rest.join('\n')}\n`)
    return
  }
  const top = rest.filter((line) => /^(import|export \{)/.test(line))
  const additions = rest.filter((line) => line.includes(already))
  const others = rest.filter((line) => !top.includes(line) && !additions.includes(line))
  let text = readFileSync(file, 'utf8')
  for (const addition of additions) text = extend(text, addition)
  if (others.length > 0) {
    const at = startOf(text, additions.at(-1)!)
    text = `${text.slice(0, at)}${others.join('\n')}\n${text.slice(at)}`
  }
  writeFileSync(file, [...top, text].join('\n'))
}

/** An addition that the formatter broke into lines, on one line again. */
function onOneLine(text: string): string {
  return text.replace(/([[{]+)\n\s*(\/\* … \*\/ .*?),?\n([\]})]+)$/gm, '$1$2$3')
}

/** Where the line begins that this addition belongs to. */
function startOf(text: string, addition: string): number {
  const head = addition.slice(0, addition.indexOf(already)).trim()
  const at = text.indexOf(head)
  if (at < 0) throw new Error(`No line begins with: ${head}`)
  return text.lastIndexOf('\n', at) + 1
}

function extend(text: string, addition: string): string {
  const added = addition.slice(addition.indexOf(already) + already.length).trim()
  const start = startOf(text, addition)
  const end = text.indexOf('\n', start)
  const closing = /[\])}]+$/.exec(added)?.[0].at(-1) === ')' ? '])' : /[\]}]$/.exec(added)?.[0]
  if (closing === undefined) return `${text.slice(0, end)} ${added}${text.slice(end)}`
  const item = added.slice(0, -closing.length).trim()
  // Either the list ends on its own line, or on the next one that begins with its closing bracket.
  const line = text.slice(start, end)
  const at = line.endsWith(closing) ? end - closing.length : text.indexOf(`\n${closing}`, start) + 1
  const before = text.slice(0, at).trimEnd()
  const comma = /[,[{]$/.test(before) ? '' : ','
  return `${before}${comma} ${item}${text.slice(at)}`
}
