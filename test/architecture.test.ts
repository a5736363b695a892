import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { browserSafe, house } from './house.ts'

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')

interface SourceFile {
  /** Path below src/, with slashes. */
  readonly path: string
  readonly folder: string
  readonly isTest: boolean
  readonly imports: readonly { readonly specifier: string; readonly typeOnly: boolean }[]
  readonly lines: number
  readonly text: string
}

const files: SourceFile[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.as.ts') && !path.endsWith('.wasm.ts'))
  .sort()
  .map((path) => {
    const text = readFileSync(join(src, path), 'utf8')
    return {
      path,
      folder: path.includes('/') ? path.slice(0, path.indexOf('/')) : '',
      isTest: /\.test(-helper)?\.ts$|\/testing\//.test(path),
      imports: importsOf(text),
      lines: text.split('\n').length,
      text,
    }
  })
const shipped = files.filter(({ isTest }) => !isTest)

/** Static imports and re-exports, and dynamic imports of a literal. */
function importsOf(text: string): SourceFile['imports'] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found: { specifier: string; typeOnly: boolean }[] = []
  for (const match of code.matchAll(/^\s*(import|export)\s+(type\s+)?([^'"`;]*?from\s+)?'([^']+)'/gm))
    found.push({ specifier: match[4]!, typeOnly: match[2] !== undefined || onlyTypes(match[3]) })
  for (const match of code.matchAll(/(typeof\s+)?import\(\s*'([^']+)'\s*\)/g))
    found.push({ specifier: match[2]!, typeOnly: match[1] !== undefined })
  return found
}

/** Whether every name between the braces is marked `type`. */
function onlyTypes(clause: string | undefined): boolean {
  const names = clause?.match(/\{([^}]*)\}/)?.[1]
  if (names === undefined || /^\s*\w/.test(clause!)) return false
  return names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .every((name) => name.startsWith('type '))
}

function targetOf(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return relative(src, resolve(src, dirname(file.path), specifier)).replaceAll('\\', '/')
}

describe('the house', () => {
  it('has exactly the rooms of the table', () => {
    const rooms = new Set(files.map(({ folder }) => folder).filter(Boolean))
    expect([...rooms].sort()).toEqual(Object.keys(house).sort())
  })

  it('lets a room import only what the table allows', () => {
    const wrong: string[] = []
    for (const file of shipped) {
      if (file.folder === '') continue
      for (const { specifier } of file.imports) {
        const folder = targetOf(file, specifier)?.split('/')[0]
        if (folder === undefined || folder === file.folder) continue
        if (!house[file.folder]!.includes(folder)) wrong.push(`${file.path} imports ${specifier}`)
      }
    }
    expect(wrong).toEqual([])
  })

  // Imports of types count here, too: what a room shows of itself stands in one place.
  it('enters a room by its index.ts or node.ts only', () => {
    const wrong = shipped.flatMap((file) =>
      file.imports
        .map(({ specifier }) => targetOf(file, specifier))
        .filter((target) => target?.includes('/'))
        .filter((target) => target!.split('/')[0] !== file.folder)
        .filter((target) => !/^[^/]+\/(index|node)\.ts$/.test(target!))
        .map((target) => `${file.path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('imports every file by its .ts name', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('.ts'))
        .map(({ specifier }) => `${file.path}: ${specifier}`),
    )
    expect(wrong).toEqual([])
  })

  it('keeps Node out of the rooms that browsers enter', () => {
    const wrong = shipped
      .filter(
        ({ folder, path }) =>
          browserSafe.includes(folder) && !path.endsWith('.node.ts') && !path.endsWith('/node.ts'),
      )
      .flatMap((file) =>
        file.imports
          .filter(
            ({ specifier, typeOnly }) =>
              !typeOnly && (specifier.startsWith('node:') || /\.node\.ts$|\/node\.ts$/.test(specifier)),
          )
          // Bundlers for browsers replace these files (package.json, "browser").
          .filter(() => !file.path.startsWith('engine/runtime/') && file.path !== 'engine/index.ts')
          .filter(() => file.path !== 'run/library/folders.ts')
          .map(({ specifier }) => `${file.path}: ${specifier}`),
      )
    expect(wrong).toEqual([])
  })

  it('names onnxruntime in engine/runtime only', () => {
    const wrong = shipped
      .filter(({ path }) => !path.startsWith('engine/runtime/'))
      .filter(({ imports }) => imports.some(({ specifier }) => specifier.startsWith('onnxruntime')))
      .map(({ path }) => path)
    expect(wrong).toEqual([])
  })

  it('stands in reading order: a room imports only rooms before it', () => {
    const order = Object.keys(house)
    const wrong = Object.entries(house).flatMap(([room, allowed]) =>
      allowed
        .filter((other) => order.indexOf(other) >= order.indexOf(room))
        .map((other) => `${room} before ${other}`),
    )
    expect(wrong).toEqual([])
  })

  // Imports of types count: files that need each other's types cannot be read one after the other either.
  it('has no import cycle', () => {
    const byPath = new Map(shipped.map((file) => [file.path, file]))
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done') return
      if (state.get(path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
        return
      }
      state.set(path, 'open')
      for (const { specifier } of byPath.get(path)?.imports ?? []) {
        const target = targetOf(byPath.get(path)!, specifier)
        if (target !== undefined && byPath.has(target)) visit(target, [...trail, path])
      }
      state.set(path, 'done')
    }
    for (const { path } of shipped) visit(path, [])
    expect(cycles).toEqual([])
  })

  // What is special about a kind of data stands in its record; everybody else asks the record.
  it('asks for the kind of the data nowhere but in its records', () => {
    const recorded = /: DataKind = (?:\w+\()?\{\s*name: '([\w-]+)'/
    const records = files.filter(({ text }) => recorded.test(text))
    const names = records.map(({ text }) => recorded.exec(text)![1]!)
    expect(names).toEqual(['pictures', 'table', 'toy', 'vectors'])
    const asked = new RegExp(
      `[!=]==? '(${names.join('|')})'|'(${names.join('|')})' [!=]==?|case '(${names.join('|')})'`,
    )
    const wrong = shipped.filter(({ text }) => asked.test(text)).map(({ path }) => path)
    expect(wrong).toEqual([])
  })

  // Types that pass options on say `x?: T | undefined`; what is left out of files and of JSON is left out by hand.
  it('passes options on as they are', () => {
    const option = '(?:runtime|signal|resume|target|likelihoodRows|draws|stdin|where|hint|cause)'
    const idiom = new RegExp(
      `\\.\\.\\.\\((${option}) (?:\\? \\{ \\1 \\} : \\{\\}|&& \\{ \\1 \\}|=== undefined \\? \\{\\} : \\{ \\1 \\})\\)`,
    )
    expect(idiom.test('...(runtime ? { runtime } : {})')).toBe(true)
    expect(shipped.filter(({ text }) => idiom.test(text)).map(({ path }) => path)).toEqual([])
  })

  it('keeps files to a size that a person reads', () => {
    expect(files.filter(({ lines }) => lines > 380).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
  })
})
