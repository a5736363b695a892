// npm run verify-package: packs the project, installs it into an empty strict project, and uses it there as a stranger would.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'scorefield-package-'))
const project = join(folder, 'project')
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

setUp()
const tarball = packed()
step('publint', () => tool('publint', [tarball, '--strict']))
step('are the types wrong?', () => tool('attw', [tarball, '--profile', 'esm-only', '--no-emoji']))
mkdirSync(project)
step('install', install)
step('types of every entry, nodenext, strict, skipLibCheck off', compile)
step('import of every entry', () => ran(process.execPath, ['entries.js']))
step('first example of README', () => ran(process.execPath, ['example.js']))
step('command line', commandLine)
step('without optional packages', withoutOptional)
console.log(`scorefield ${manifest.version} works in a fresh project`)

/** The package as npm would publish it: `prepack` compiles, so that a fresh clone packs what it should. */
function packed() {
  const [report] = JSON.parse(
    ran('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, quiet: true }),
  )
  const paths = report.files.map(({ path }) => path)
  const missing = [...entries().map(({ file }) => file), manifest.bin.scorefield].filter(
    (file) => !paths.includes(file.replace(/^\.\//, '')),
  )
  if (missing.length > 0) fail(`The package lacks ${missing.join(', ')}.`)
  const tests = paths.filter((path) => /\.test(-helper)?\./.test(path))
  if (tests.length > 0) fail(`The package carries tests: ${tests.slice(0, 3).join(', ')}.`)
  console.log(`packed: ${paths.length} files, ${megabytes(report.unpackedSize)}`)
  return join(folder, report.filename)
}

function install() {
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'stranger', private: true, type: 'module', dependencies: {} }),
  )
  ran('npm', ['install', tarball, '--no-audit', '--no-fund', '--loglevel=error'])
  const whole = sizeOf(join(project, 'node_modules'))
  const optional = Object.keys(manifest.optionalDependencies)
    .map((name) => join(project, 'node_modules', name))
    .filter(existsSync)
    .reduce((sum, path) => sum + sizeOf(path), 0)
  console.log(`  node_modules: ${megabytes(whole)}, of it ${megabytes(optional)} optional`)
}

/** A project as strict as they come, with the compiler of this one. */
function compile() {
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{ module: 'nodenext', target: 'es2022', strict: true, exactOptionalPropertyTypes: true },
        ...{ noUncheckedIndexedAccess: true, skipLibCheck: false, types: [], lib: ['es2023', 'dom'] },
      },
      include: ['*.ts'],
    }),
  )
  const names = entries().map(({ name }, i) => `import * as entry${i} from '${name}'`)
  const shown = entries().map(({ name, file }, i) =>
    manifest.sideEffects.includes(file)
      ? ''
      : `if (Object.keys(entry${i}).length === 0) throw new Error('${name} exports nothing')`,
  )
  writeFileSync(join(project, 'entries.ts'), `${[...names, ...shown].join('\n')}\n`)
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))[1]
  writeFileSync(join(project, 'example.ts'), example)
  const page = readFileSync(join(root, 'docs', 'library.md'), 'utf8')
  const program = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((block) => block[1])
  writeFileSync(join(project, 'library.ts'), program.join('\n'))
  ran(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project])
}

function commandLine() {
  const version = ran('npx', ['--no-install', 'scorefield', '--version'], { quiet: true }).trim()
  if (version !== manifest.version) fail(`scorefield --version prints "${version}", not ${manifest.version}.`)
  cpSync(join(root, 'data', 'wine-quality', 'winequality-white.csv'), join(project, 'wine.csv'))
  const scorefield = (...args) => ran('npx', ['--no-install', 'scorefield', ...args], { quiet: true })
  scorefield('train', 'wine.csv', '--out', 'wine', '--set', 'training.steps=20', '--quiet')
  const rows = scorefield('sample', 'wine', '-n', '5', '--quiet', '-o', '-').trim().split('\n').length
  if (rows !== 6) fail(`scorefield sample -n 5 wrote ${rows} lines, not 6.`)
}

/** Installed with --omit=optional: no ONNX Runtime of Node's own, no binary of DuckDB, nothing that draws. */
function withoutOptional() {
  const bare = join(folder, 'bare')
  mkdirSync(bare)
  writeFileSync(join(bare, 'package.json'), JSON.stringify({ name: 'bare', private: true, type: 'module' }))
  ran('npm', ['install', tarball, '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: bare,
  })
  console.log(`  node_modules: ${megabytes(sizeOf(join(bare, 'node_modules')))}`)
  const scorefield = (...args) =>
    spawnSync('npx', ['--no-install', 'scorefield', ...args], {
      ...{ cwd: bare, encoding: 'utf8', shell: process.platform === 'win32' },
    })
  const toy = scorefield('train', 'toy:two-moons', '--out', 'moons', '--steps', '20', '--quiet')
  if (toy.status !== 0 || !toy.stderr.includes('so WebAssembly computes'))
    fail(`scorefield train toy:two-moons ended with ${toy.status}:\n${toy.stderr}`)
  cpSync(join(project, 'wine.csv'), join(bare, 'wine.csv'))
  const table = scorefield('train', 'wine.csv', '--out', 'wine')
  if (table.status !== 3 || !table.stderr.includes('(data/duckdb-missing)'))
    fail(`scorefield train wine.csv ended with ${table.status}:\n${table.stderr}`)
  cpSync(join(project, 'entries.js'), join(bare, 'entries.js'))
  ran(process.execPath, ['entries.js'], { cwd: bare })
}

/** The entries of the package that are code: their name, and the file that a program gets. */
function entries() {
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, target]) => ({ name: path.replace(/^\./, manifest.name), file: target.default }))
}

function tool(name, args) {
  return ran(process.execPath, [join(root, 'node_modules', '.bin', name), ...args], { quiet: true })
}

function ran(command, args, { cwd = project, quiet = false } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...{ cwd: existsSync(cwd) ? cwd : root, encoding: 'utf8', maxBuffer: 2 ** 26 },
    shell: process.platform === 'win32',
  })
  if (error) fail(`${command} could not be started: ${error.message}`)
  if (status !== 0) fail(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  if (!quiet) process.stdout.write(stdout.replace(/^(?=.)/gm, '  '))
  return stdout
}

function step(title, work) {
  const started = performance.now()
  console.log(title)
  work()
  console.log(`  done in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

function sizeOf(path) {
  if (!statSync(path).isDirectory()) return statSync(path).size
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .reduce((sum, { name }) => sum + sizeOf(join(path, name)), 0)
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
