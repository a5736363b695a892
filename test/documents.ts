import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './browser/bundle.ts'

/** A fenced block of a document. */
export interface Block {
  readonly language: string
  readonly text: string
  /** Line of the document on which its text begins, from 1. */
  readonly line: number
}

/** A document of the project, read apart. */
export interface Document {
  /** Path from the root. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** Text outside of fenced blocks. */
  readonly prose: string
  /** Where links to its headings may point. */
  readonly anchors: ReadonlySet<string>
  /** Targets of links and pictures. */
  readonly links: readonly string[]
}

/** Every document for people that comes with the project. */
export const documents: readonly Document[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
  'data/README.md',
  'bench/peers/README.md',
]
  .sort()
  .map(readDocument)

/** Documents whose blocks of TypeScript are one program, in order. */
const programs: readonly string[] = ['docs/library.md', 'docs/in-a-page.md']

/** What a document shows in TypeScript, one program or snippet after the other. */
export function snippetsOf({ path, blocks }: Document): readonly Pick<Block, 'text' | 'line'>[] {
  const shown = blocks.filter(({ language, text }) => language === 'ts' && !text.startsWith('// src/'))
  if (!programs.includes(path)) return shown
  return [{ text: shown.map(({ text }) => text).join('\n'), line: shown[0]!.line }]
}

/** The document at this path. */
export function document(path: string): Document {
  const found = documents.find((each) => each.path === path)
  if (!found) throw new Error(`There is no document ${path}.`)
  return found
}

function readDocument(path: string): Document {
  const text = readFileSync(join(root, path), 'utf8')
  const blocks: Block[] = []
  const prose: string[] = []
  let open: { language: string; from: number } | undefined
  const lines = text.split('\n')
  for (const [i, line] of lines.entries()) {
    const fence = /^```(\S*)/.exec(line)
    if (!fence) {
      if (!open) prose.push(line)
    } else if (open) {
      blocks.push({
        language: open.language,
        text: lines.slice(open.from, i).join('\n'),
        line: open.from + 1,
      })
      open = undefined
    } else open = { language: fence[1]!, from: i + 1 }
  }
  if (open) throw new Error(`${path}: the block of line ${open.from} does not end.`)
  const outside = prose.join('\n')
  return {
    path,
    text,
    blocks,
    prose: outside,
    anchors: new Set(prose.flatMap((line) => /^#+ (.+)$/.exec(line)?.[1] ?? []).map(anchorOf)),
    links: [...withoutCode(outside).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)|src="([^"]+)"/g)].map(
      (match) => match[1] ?? match[2]!,
    ),
  }
}

/** The anchor that a heading gets on the usual hosts: lower case, without punctuation, blanks as hyphens. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')
}

function withoutCode(text: string): string {
  return text.replace(/`[^`\n]*`/g, '')
}

/** The cells of the rows of the first table whose header begins with this cell; the header is left out. */
export function tableRows({ path, prose }: Document, firstHeader: string): string[][] {
  const lines = prose.split('\n')
  const start = lines.findIndex((line) => line.startsWith('|') && line.split('|')[1]!.trim() === firstHeader)
  if (start < 0) throw new Error(`${path} has no table that begins with ${firstHeader}.`)
  const rows: string[][] = []
  for (let at = start + 2; lines[at]?.startsWith('|'); at++)
    rows.push(
      lines[at]!.split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  return rows
}

/** The names in code marks in a cell. */
export function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)
}
