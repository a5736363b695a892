import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
// TypeScript 7 has no interface for programs; its predecessor reads the same language.
import ts from 'typescript-classic'
import { root } from './browser/bundle.ts'

/** What a name of the library stands for. */
interface Declared {
  readonly name: string
  /** Source file, from the root. */
  readonly file: string
  readonly kind: 'function' | 'class' | 'constant' | 'type'
  /** The docstring as Markdown; empty where there is none. */
  readonly doc: string
  /** The declaration as an editor shows it: no bodies, no private members. */
  readonly code: string
}

interface Entry {
  /** As it is imported. */
  readonly specifier: string
  /** Its index file, from the root. */
  readonly file: string
  readonly page: string
  readonly names: readonly Declared[]
}

/** The pages of docs/api by path from the root: one for each entry of the package, and a table of contents. */
export function apiReference(): ReadonlyMap<string, string> {
  const entries = entriesOfPackage()
  const home = homes(entries)
  const pages = new Map<string, string>()
  for (const entry of entries) pages.set(`docs/api/${entry.page}`, pageOf(entry, home))
  pages.set('docs/api/README.md', contentsOf(entries))
  return pages
}

/** The exported names without a docstring, as `entry: name`. */
export function undocumented(): string[] {
  return entriesOfPackage().flatMap(({ specifier, names }) =>
    names.filter(({ doc }) => doc === '').map(({ name, file }) => `${specifier}: ${name} (${file})`),
  )
}

function entriesOfPackage(): Entry[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>
  }
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return []
    const file = target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts')
    const specifier = `scorefield${subpath.slice(1)}`
    const page = `${subpath === '.' ? 'scorefield' : subpath.slice(2).replaceAll('/', '-')}.md`
    const names = [...exportsOf(file).values()].sort((a, b) => compare(a.name, b.name))
    return [{ specifier, file, page, names }]
  })
}

// Not by locale: the pages must not depend on the machine.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The entry that tells of a declaration: the one whose folder is nearest to its file; others point there. */
function homes(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const home = new Map<string, Entry>()
  const nearness = (entry: Entry, file: string): number => {
    const folder = `${dirname(entry.file)}/`
    return file.startsWith(folder) ? folder.length : 0
  }
  for (const entry of entries)
    for (const declared of entry.names) {
      const known = home.get(keyOf(declared))
      if (!known || nearness(entry, declared.file) > nearness(known, declared.file))
        home.set(keyOf(declared), entry)
    }
  return home
}

const keyOf = ({ file, name }: Declared): string => `${file}:${name}`

interface Source {
  readonly file: string
  readonly text: ts.SourceFile
  /** What an editor sees: declarations without bodies. */
  readonly declarations: ts.SourceFile
}

const sources = new Map<string, Source>()

function sourceOf(file: string): Source {
  const known = sources.get(file)
  if (known) return known
  const content = readFileSync(join(root, file), 'utf8')
  const target = ts.ScriptTarget.ESNext
  const { outputText } = ts.transpileDeclaration(content, {
    fileName: file,
    compilerOptions: { target, module: ts.ModuleKind.ESNext, allowImportingTsExtensions: true },
  })
  const parse = (text: string): ts.SourceFile => ts.createSourceFile(file, text, target, true)
  const source = { file, text: parse(content), declarations: parse(outputText) }
  sources.set(file, source)
  return source
}

/** What a file exports, re-exports followed to where they are declared. */
function exportsOf(file: string): Map<string, Declared> {
  const source = sourceOf(file)
  const found = new Map<string, Declared>()
  const pathOf = (specifier: ts.Expression): string => {
    const path = relative(root, join(root, dirname(file), (specifier as ts.StringLiteral).text))
    if (!existsSync(join(root, path))) throw new Error(`${file} imports ${path}, which is not there.`)
    return path.replaceAll('\\', '/')
  }
  for (const statement of source.text.statements) {
    if (!ts.isExportDeclaration(statement)) continue
    const { moduleSpecifier, exportClause } = statement
    if (!moduleSpecifier)
      throw new Error(`${file} exports what it imported; the reference cannot follow that.`)
    const from = exportsOf(pathOf(moduleSpecifier))
    if (!exportClause) for (const [name, declared] of from) found.set(name, declared)
    else if (ts.isNamedExports(exportClause))
      for (const { name, propertyName } of exportClause.elements) {
        const original = (propertyName ?? name).text
        const declared = from.get(original)
        if (!declared) throw new Error(`${file} exports ${original}, which is not there.`)
        found.set(name.text, { ...declared, name: name.text })
      }
    else throw new Error(`${file} exports a namespace; the reference cannot follow that.`)
  }
  for (const [name, declared] of declarationsIn(source)) found.set(name, declared)
  return found
}

function declarationsIn({ file, declarations }: Source): Map<string, Declared> {
  const found = new Map<string, Declared>()
  for (const statement of declarations.statements) {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    if (!isExported) continue
    const [name, kind] = nameAndKind(statement)
    const before = found.get(name)
    const doc = docOf(statement)
    const code = codeOf(statement, declarations)
    // Overloads stand below each other, and so do the types and values of one name.
    found.set(name, {
      name,
      file,
      kind: before?.kind ?? kind,
      doc: before ? [before.doc, doc].filter(Boolean).join('\n\n') : doc,
      code: before ? `${before.code}\n${code}` : code,
    })
  }
  return found
}

function nameAndKind(statement: ts.Statement): [string, Declared['kind']] {
  if (ts.isFunctionDeclaration(statement)) return [statement.name!.text, 'function']
  if (ts.isClassDeclaration(statement)) return [statement.name!.text, 'class']
  if (ts.isVariableStatement(statement)) {
    const [first] = statement.declarationList.declarations
    return [(first!.name as ts.Identifier).text, 'constant']
  }
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    return [statement.name.text, 'type']
  throw new Error(`The reference does not know ${ts.SyntaxKind[statement.kind]}.`)
}

/** The docstring as Markdown; tags become lines of their own. */
function docOf(statement: ts.Statement): string {
  const comment = ts.getJSDocCommentsAndTags(statement).filter(ts.isJSDoc).at(-1)
  return comment ? markdownOf(comment.getText()) : ''
}

function markdownOf(comment: string): string {
  return (
    comment
      .replace(/^\/\*\*|\*\/$/g, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
      .join('\n')
      .trim()
      // Examples in docstrings leave out their imports; blocks named `ts` must compile by themselves.
      .replace(/^```ts$/gm, '```typescript')
      .split(/(`[^`]*`)/)
      .map((part, i) => (i % 2 === 1 ? part : part.replace(/</g, '\\<').replace(/\*/g, '\\*')))
      .join('')
  )
}

/** The declaration without its docstring, `export declare`, and private members. */
function codeOf(statement: ts.Statement, file: ts.SourceFile): string {
  const text = file.text
  let code = text.slice(statement.getStart(file), statement.end)
  if (ts.isClassDeclaration(statement)) {
    const isPrivate = (member: ts.ClassElement): boolean =>
      (member.name !== undefined && ts.isPrivateIdentifier(member.name)) ||
      Boolean(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private)
    for (const member of [...statement.members].reverse()) {
      if (!isPrivate(member)) continue
      const from = statement.getStart(file)
      code = code.slice(0, member.pos - from) + code.slice(member.end - from)
    }
  }
  return code
    .replace(/^export (declare )?/, '')
    .replace(/^ +/gm, (blanks) => ' '.repeat(blanks.length / 2))
    .trim()
}

/** The first sentence of a docstring. */
function firstSentence(doc: string): string {
  const paragraph = doc.split('\n\n')[0]!.replace(/\s+/g, ' ')
  return (/^.*?[.:](?= [A-Z]|$)/.exec(paragraph)?.[0] ?? paragraph).replace(/:$/, '.')
}

const anchorOf = ({ name, kind }: Declared): string => `${name.toLowerCase()}-${kind}`

function introductionOf({ file }: Entry): string {
  const text = readFileSync(join(root, file), 'utf8')
  const comment = /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0]
  return comment ? markdownOf(comment) : ''
}

function pageOf(entry: Entry, home: ReadonlyMap<string, Entry>): string {
  const introduction = introductionOf(entry)
  const lines = [`# ${entry.specifier}`, '', ...(introduction === '' ? [] : [introduction, ''])]
  const linkTo = (declared: Declared): string => {
    const at = home.get(keyOf(declared))!
    return `[\`${declared.name}\`](${at === entry ? '' : at.page}#${anchorOf(declared)})`
  }
  const sections = [
    ['Functions', 'function'],
    ['Classes', 'class'],
    ['Constants', 'constant'],
    ['Types', 'type'],
  ] as const
  for (const [title, kind] of sections) {
    const members = entry.names.filter((declared) => declared.kind === kind)
    if (members.length === 0) continue
    lines.push(`## ${title}`, '')
    lines.push(...members.map((declared) => `- ${linkTo(declared)}: ${firstSentence(declared.doc)}`), '')
    for (const declared of members) {
      if (home.get(keyOf(declared)) !== entry) continue
      // Not `ts` here, either.
      lines.push(`### ${declared.name} (${kind})`, '', '```typescript', declared.code, '```', '')
      if (declared.doc !== '') lines.push(declared.doc, '')
      lines.push(`[${declared.file}](../../${declared.file})`, '')
    }
  }
  return `${lines.join('\n').trim()}\n`
}

function contentsOf(entries: readonly Entry[]): string {
  const rows = entries.map((entry) => {
    const said = introductionOf(entry)
    return `- [${entry.specifier}](${entry.page}), ${entry.names.length} names${said === '' ? '' : `: ${firstSentence(said)}`}`
  })
  return `${['# API reference', '', 'A page for each entry of the package, made from the docstrings in the sources.', '', ...rows].join('\n')}\n`
}
