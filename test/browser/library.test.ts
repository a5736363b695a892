import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodePng } from '../../src/files/index.ts'
import { load, type RowObject, type TableModel } from '../../src/index.ts'
import { root } from './bundle.ts'
import { chromiumAvailable, type OpenPage, openPage } from './harness.ts'

let page: OpenPage | undefined

beforeAll(async () => {
  if (chromiumAvailable())
    page = await openPage(join(root, 'test/browser/library-page.ts'), { webgpu: false })
})
afterAll(() => page?.close())

it('keeps a model in the browser’s store and as a Blob, and opens it as it was', async ({ skip }) => {
  if (!page) return skip('not on this machine; the warning printed says what is missing')
  const { samples, errors, names } = await page.call<{
    samples: number[][]
    errors: string[]
    names: string[][]
  }>('numbers')
  expect(samples[0]).toHaveLength(8)
  expect(samples[1]).toEqual(samples[0])
  expect(samples[2]).toEqual(samples[0])
  expect(errors).toEqual(['model/not-found', 'model/no-folders', 'model/no-folders'])
  expect(names).toEqual([['mine'], []])
}, 120_000)

it('learns a table in the page; what it saved opens in Node', async ({ skip }) => {
  if (!page) return skip('not on this machine; the warning printed says what is missing')
  const { drawn, saved } = await page.call<{ drawn: RowObject[]; saved: string }>('table')
  expect(drawn).toHaveLength(5)
  for (const row of drawn) {
    expect(Number.isInteger(row['size'])).toBe(true)
    expect(['red', 'green']).toContain(row['kind'])
  }
  const model = (await load(Uint8Array.from(Buffer.from(saved, 'base64')))) as TableModel
  const here = await model.sample({ count: 5, seed: 2 })
  expect(here.map((row) => row['kind'])).toEqual(drawn.map((row) => row['kind']))
  // Kernels of WebAssembly and of the CPU differ in their last bits: a number may be rounded the other way.
  here.forEach((row, i) => {
    expect(Math.abs((row['size'] as number) - (drawn[i]!['size'] as number))).toBeLessThanOrEqual(1)
  })
  await model.dispose()
}, 120_000)

it('learns pictures that were dropped in the page, pixel for pixel', async ({ skip }) => {
  if (!page) return skip('not on this machine; the warning printed says what is missing')
  const bytes = (i: number): Uint8Array =>
    Uint8Array.from({ length: 6 * 6 * 3 }, (_, k) => (k * 37 + i * 11) % 256)
  const files = Array.from({ length: 12 }, (_, i) => ({
    name: `${i}.png`,
    folder: i % 2 ? 'b' : 'a',
    bytes: Array.from(encodePng({ width: 6, height: 6, channels: 3, bytes: bytes(i) })),
  }))
  const cut = { name: 'cut.png', folder: 'a', bytes: files[0]!.bytes.slice(0, 20) }
  const found = await page.call<Record<string, unknown>>('pictures', [...files, cut])
  expect(found).toMatchObject({
    picture: { kind: 'picture', width: 6, height: 6, channels: 3, levels: 256 },
    ...{ small: [4, 3], notes: [], broken: ['cut.png'], drawn: 3 * 108, empty: 'data/no-pictures' },
    cells: [
      ['label', ...files.map(({ folder }) => folder)],
      ['file', ...files.map(({ folder, name }) => `mine/${folder}/${name}`)],
    ],
  })
  expect(found['values']).toEqual(files.flatMap((_, i) => Array.from(bytes(i))))
}, 120_000)
