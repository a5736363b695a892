// npm run digits-page: trains on the digits (a minute, once), exports the sampler, and serves a page that draws with it.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { serveSite, writeSite } from './site.ts'

const { values: told } = parseArgs({
  options: {
    run: { type: 'string', default: 'runs/digits-page' },
    port: { type: 'string', default: '8080' },
    'only-write': { type: 'boolean', default: false },
  },
})

function scorefield(...args: string[]): void {
  console.log(`$ scorefield ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, ['dist/cli/main.js', ...args], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const digits = ['data/digits/digits.csv.gz', '--kind', 'pictures', '--minutes', '1']
if (!existsSync(join(told.run, 'run.json'))) scorefield('train', ...digits, '--out', told.run)
const folder = join(told.run, 'page')
const file = join(folder, 'sampler.onnx')
mkdirSync(folder, { recursive: true })
scorefield('export', told.run, '-o', file, '--rows', '16', '--walk', '--guidance')

// The library is bundled as it is built, as a project of yours would take it from node_modules.
const { outputFiles } = await build({
  entryPoints: ['examples/digits-page/page.ts'],
  ...{ bundle: true, write: false, minify: true, format: 'esm', target: 'es2022' },
  tsconfigRaw: {},
})
writeSite(folder, { root: process.cwd(), script: outputFiles[0]!.text, model: readFileSync(file) })
console.log(`The page is in ${folder}; any server of files can serve it.`)
if (!told['only-write']) {
  const { url } = await serveSite(folder, Number(told.port))
  console.log(`Open ${url} (Ctrl-C ends it).`)
}
