// Sets up a fresh clone: installs the locked packages and compiles src/ to dist/, each only if something changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Runs a command in the project's folder, output passed through; ends this process if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) fail(`${command} could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

/** Installs the packages and compiles, where needed. */
export function setUp() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) fail(`Node ${process.versions.node} is too old: Scorefield needs Node 20 or newer.`)
  install()
  build()
}

function install() {
  const wanted = digest([readFileSync(join(root, 'package-lock.json')), process.platform, process.arch])
  const stamp = join(root, 'node_modules', '.scorefield-installed')
  if (read(stamp) === wanted) return
  console.error('Installing packages (once) …')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { shell: process.platform === 'win32' })
  writeFileSync(stamp, wanted)
}

/** Compiles src/ to dist/, unless dist/ belongs to these very sources. */
export function build() {
  const sources = filesUnder(join(root, 'src')).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  const config = ['tsconfig.json', 'tsconfig.build.json', 'package.json'].map((name) => join(root, name))
  const wanted = digest(
    [...sources, ...config].flatMap((file) => [file.slice(root.length), readFileSync(file)]),
  )
  const stamp = join(root, 'dist', '.scorefield-built')
  if (read(stamp) === wanted) return
  console.error('Compiling …')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'])
  const main = join(root, 'dist', 'cli', 'main.js')
  if (existsSync(main)) chmodSync(main, 0o755)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

/** Bundles a program of TypeScript to one file, packages left out; gives the file. */
export function bundled(entry, outfile) {
  const esbuild = join(root, 'node_modules', 'esbuild', 'bin', 'esbuild')
  const how = ['--bundle', '--platform=node', '--format=esm', '--packages=external', '--log-level=error']
  run(process.execPath, [esbuild, entry, ...how, `--outfile=${outfile}`])
  return outfile
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
