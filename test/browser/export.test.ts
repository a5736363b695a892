import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { succeeded, temporaryFolder } from '../../src/cli/command-line.test-helper.ts'
import { readTable } from '../../src/data/node.ts'
import { root } from './bundle.ts'
import { chromiumAvailable, type OpenPage, openPage } from './harness.ts'

let page: OpenPage | undefined
const folder = temporaryFolder()
const run = join(folder, 'run')
const rows = 200

beforeAll(async () => {
  if (!chromiumAvailable()) return
  page = await openPage(join(root, 'test/browser/export-page.ts'), { webgpu: false })
  const wine = join(root, 'data/wine-quality/winequality-white.csv')
  await succeeded('train', wine, '--steps', '150', '--out', run, '--no-pictures', '--threads', '1')
}, 180_000)
afterAll(async () => {
  await page?.close()
  rmSync(folder, { recursive: true, force: true })
})

it('an exported sampler draws in a page the rows that the command line draws for the seed', async ({
  skip,
}) => {
  if (!page) return skip('not on this machine; the warning printed says what is missing')
  const file = join(folder, 'sampler.onnx')
  const drawn = join(folder, 'drawn.csv')
  await succeeded('export', run, '-o', file, '--rows', String(rows))
  await succeeded('sample', run, '-n', String(rows), '--seed', '7', '-o', drawn, '--threads', '1')
  const { encoding } = JSON.parse(readFileSync(join(run, 'data.json'), 'utf8')) as { encoding: unknown }
  const model = readFileSync(file).toString('base64')
  const inPage = await page.call<number[][]>('draw', { model, encoding, seed: 7, rows })
  const { table } = await readTable({ source: drawn })
  const cells = table.columns.flatMap(({ values }, k) =>
    Array.from(values as Float64Array, (expected, row) => ({ expected, found: inPage[k]![row]! })),
  )
  // WebAssembly's kernels round otherwise in the last bits: a value on the edge of a grid's cell may fall to the other side.
  const different = cells.filter(
    ({ expected, found }) => Math.abs(expected - found) > 1e-9 * Math.abs(expected),
  )
  expect(cells).toHaveLength(12 * rows)
  expect(different.length / cells.length).toBeLessThan(0.01)
}, 180_000)
