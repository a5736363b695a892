// npm test: sets everything up, runs the tests, and closes with a line "N passed, N failed, N skipped".
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

setUp()
const folder = mkdtempSync(join(tmpdir(), 'scorefield-test-'))
const report = join(folder, 'report.json')
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
)
let failed = 1
try {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  // A file that cannot even be loaded counts as one failure.
  failed = Math.max(numFailedTests, numFailedTestSuites > 0 && numFailedTests === 0 ? numFailedTestSuites : 0)
  console.log(`\n${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`)
} catch {
  console.log('\n0 passed, 1 failed')
}
rmSync(folder, { recursive: true, force: true })
process.exit(status !== 0 || failed > 0 ? status || 1 : 0)
