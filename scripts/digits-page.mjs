// npm run digits-page: a page that draws digits. Options are passed on: --run FOLDER, --port N, --only-write.

import { join } from 'node:path'
import { bundled, root, run, setUp } from './setup.mjs'

setUp()
run(process.execPath, [
  bundled('examples/digits-page/main.ts', join(root, 'dist', 'digits-page.mjs')),
  ...process.argv.slice(2),
])
