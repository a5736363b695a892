// npm run bench: our speed and accuracy beside our peers', in one run. Options are passed on: --json, names of benches.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bundled, root, run, setUp } from './setup.mjs'

setUp()
const peers = join(root, 'bench', 'peers')
if (!existsSync(join(peers, 'node_modules')))
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: peers,
    shell: process.platform === 'win32',
  })
const bundle = bundled('bench/main.ts', join(root, 'dist', 'bench.mjs'))
run(process.execPath, [bundle, ...process.argv.slice(2)])
