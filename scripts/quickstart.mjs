// npm run quickstart: sets everything up, then trains on a real table, draws new rows and says how good they are.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, setUp } from './setup.mjs'

setUp()
const scorefield = (...args) => {
  console.error(`\n$ scorefield ${args.join(' ')}`)
  run(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args])
}
const table = 'data/wine-quality/winequality-white.csv'
const folder = 'runs/quickstart'
rmSync(join(root, folder), { recursive: true, force: true })
scorefield('train', table, '--out', folder)
scorefield('sample', folder, '-n', '1000', '-o', `${folder}/samples/new-rows.csv`)
scorefield('evaluate', folder)
