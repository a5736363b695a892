import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Outcome, outcome } from './command-line.test-helper.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The package in a folder of its own, compiled from the sources as they are. */
export interface InstalledPackage {
  /** Starts the command line in the folder. */
  start(...args: string[]): { child: ChildProcess; done: Promise<Outcome> }
  /** Runs the command line in the folder. */
  scorefield(...args: string[]): Promise<Outcome>
  /** Runs a program, which may import `scorefield`, in the folder. */
  node(program: string): Promise<Outcome>
}

/**
 * Puts the package into `folder`, with all packages that it needs but those in `without`; of those in `inPart` only the files
 * that `inPart` accepts, by their paths within the package.
 */
export async function installPackage(
  folder: string,
  options: {
    readonly without?: readonly string[]
    readonly inPart?: Readonly<Record<string, (path: string) => boolean>>
  } = {},
): Promise<InstalledPackage> {
  const { without = [], inPart = {} } = options
  await compileSources(join(folder, 'dist'))
  writeFileSync(join(folder, 'package.json'), readFileSync(join(root, 'package.json')))
  for (const name of packageNames()) {
    const [from, to] = [join(root, 'node_modules', name), join(folder, 'node_modules', name)]
    if (without.includes(name)) continue
    mkdirSync(dirname(to), { recursive: true })
    const takes = inPart[name]
    if (takes === undefined) symlinkSync(from, to, 'dir')
    // A link would find its own packages where it leads to.
    else cpSync(from, to, { recursive: true, filter: (path) => takes(path.slice(from.length + 1)) })
  }
  const start = (...args: string[]): { child: ChildProcess; done: Promise<Outcome> } =>
    started(folder, [join(folder, 'dist/cli/main.js'), ...args])
  return {
    start,
    scorefield: (...args) => start(...args).done,
    node: (program) => started(folder, ['--input-type=module', '--eval', program]).done,
  }
}

function packageNames(): string[] {
  const modules = join(root, 'node_modules')
  return readdirSync(modules).flatMap((name) => {
    if (name.startsWith('.')) return []
    return name.startsWith('@') ? readdirSync(join(modules, name)).map((own) => `${name}/${own}`) : [name]
  })
}

function started(folder: string, args: readonly string[]): { child: ChildProcess; done: Promise<Outcome> } {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout!.on('data', (text) => {
    out += text
  })
  child.stderr!.on('data', (text) => {
    err += text
  })
  const done = new Promise<Outcome>((resolve) =>
    child.on('close', (code) => resolve(outcome(code ?? -1, out, err))),
  )
  return { child, done }
}

/** Compiles the sources as they are, file by file: what dist/ holds may be older, and types are checked elsewhere. */
export async function compileSources(dist: string): Promise<void> {
  const source = join(root, 'src')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  const shipped = files.filter(
    (file) => /\.ts$/.test(file) && !/\.(test|test-helper|as)\.ts$|testing/.test(file),
  )
  const { outputFiles } = await build({
    entryPoints: shipped.map((file) => join(source, file)),
    outbase: source,
    outdir: dist,
    format: 'esm',
    target: 'node20',
    write: false,
  })
  for (const { path, text } of outputFiles) {
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text.replace(/((?:from |import\(|import )"\.[^"]*)\.ts"/g, '$1.js"'))
  }
}
