// npm run claims: the theory's claims as measurements. Options are passed on: --only 3, --small, --seed N, --no-page.

import { join } from 'node:path'
import { bundled, root, run, setUp } from './setup.mjs'

setUp()
run(process.execPath, [
  bundled('examples/claims/main.ts', join(root, 'dist', 'claims.mjs')),
  ...process.argv.slice(2),
])
