import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveSite, writeSite } from '../../examples/digits-page/site.ts'
import { succeeded, temporaryFolder } from '../../src/cli/command-line.test-helper.ts'
import { sharp } from '../../src/data/picture/pictures.test-helper.ts'
import { bundle, root } from './bundle.ts'
import { chromiumAvailable, type Visit, visitPage } from './harness.ts'

let visit: Visit | undefined
let server: Server | undefined
const folder = temporaryFolder()
const run = join(folder, 'run')
const steps = ['--steps', '5']

beforeAll(async () => {
  if (!chromiumAvailable()) return
  const digits = [join(root, 'data/digits/digits.csv.gz'), '--kind', 'pictures']
  const small = [
    'model.size.channels=8',
    'model.size.levels=1',
    'model.size.blocks=1',
    'training.batchSize=16',
  ]
  const settings = small.flatMap((setting) => ['--set', setting])
  const quick = ['--steps', '8', '--no-pictures', '--threads', '1']
  await succeeded('train', ...digits, '--out', run, ...settings, ...quick)
  const file = join(folder, 'sampler.onnx')
  await succeeded('export', run, '-o', file, '--rows', '4', '--walk', '--guidance', ...steps)
  const { text } = await bundle(join(root, 'examples/digits-page/page.ts'), 'browser', [])
  writeSite(join(folder, 'page'), { root, script: text, model: readFileSync(file) })
  const served = await serveSite(join(folder, 'page'), 0)
  server = served.server
  visit = await visitPage(served.url, { webgpu: false })
}, 240_000)
afterAll(async () => {
  await visit?.close()
  server?.close()
})

/** Fills the form and draws; what the canvas shows in the end, the grey of each picture, [64] each. */
async function drawn(
  { page }: Visit,
  asked: { readonly label: string; readonly count: number; readonly seed: number; readonly guidance: number },
): Promise<number[][]> {
  await page.fill('#step', '0') // So that the last step is that of these pictures.
  for (const name of ['count', 'seed', 'guidance'] as const)
    await page.fill(`[name=${name}]`, String(asked[name]))
  await page.selectOption('[name=label]', asked.label)
  await page.click('button:enabled')
  await page.waitForSelector('#level:has-text("Step 5 of 5")', { timeout: 60_000 })
  return page.evaluate((count) => {
    const canvas = document.querySelector('canvas')!
    const across = Math.ceil(Math.sqrt(count))
    return Array.from({ length: count }, (_, row) => {
      const [x, y] = [9 * (row % across), 9 * Math.floor(row / across)]
      const { data } = canvas.getContext('2d')!.getImageData(x, y, 8, 8)
      return Array.from(data).filter((_, i) => i % 4 === 0)
    })
  }, asked.count)
}

/** The weight that runs of labelled pictures are drawn with, unless another is asked for. */
const usual = 1.5

const cases = [
  { label: '3', count: 6, seed: 7, guidance: 2 },
  { label: '', count: 3, seed: 11, guidance: usual },
]

it('the example page draws what the command line draws, pixel by pixel', async ({ skip }) => {
  if (!visit) return skip('not on this machine; the warning printed says what is missing')
  await visit.page.waitForSelector('button:enabled', { timeout: 60_000 })
  expect(Number(await visit.page.inputValue('[name=guidance]'))).toBe(usual)
  for (const asked of cases) {
    const inPage = await drawn(visit, asked)
    const out = join(folder, `new ${asked.seed}`)
    const label = asked.label === '' ? [] : ['--label', asked.label]
    const given = [...label, ...(asked.guidance === usual ? [] : ['--guidance', String(asked.guidance)])]
    const counts = ['-n', String(asked.count), '--seed', String(asked.seed), '-o', out]
    await succeeded('sample', run, ...counts, ...given, ...steps, '--threads', '1')
    const grey = async (file: string): Promise<number[]> =>
      Array.from(await sharp(join(out, file)).toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer())
    const expected = (await Promise.all(inPage.map((_, row) => grey(`00000${row}.png`)))).flat()
    expect(expected).toHaveLength(64 * asked.count)
    expect(new Set(expected).size).toBeGreaterThan(8)
    const apart = inPage.flat().map((value, i) => Math.abs(value - expected[i]!))
    // WebAssembly's kernels round otherwise in the last bits: a number on the edge of a level may fall to the level beside it.
    expect(apart.filter((difference) => difference > 0).length).toBeLessThanOrEqual(2)
    expect(Math.max(...apart)).toBeLessThanOrEqual(16)
  }
}, 180_000)

it('shows the walk from noise to the pictures', async ({ skip }) => {
  if (!visit) return skip('not on this machine; the warning printed says what is missing')
  const { page } = visit
  const shown = (): Promise<string> => page.evaluate(() => document.querySelector('canvas')!.toDataURL())
  const last = await shown()
  await page.fill('#step', '0')
  expect(await page.textContent('#level')).toMatch(/^Step 0 of 5, noise level \d/)
  expect(await shown()).not.toBe(last)
  await page.fill('#step', '5')
  expect(await page.textContent('#level')).toMatch(/^Step 5 of 5, noise level 0\.0*$/)
  expect(await shown()).toBe(last)
})
