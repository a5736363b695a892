import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from './bundle.ts'
import { chromiumAvailable, type OpenPage, openPage } from './harness.ts'

let page: OpenPage | undefined

beforeAll(async () => {
  if (chromiumAvailable())
    page = await openPage(join(root, 'test/browser/example-page.ts'), { webgpu: false })
})
afterAll(() => page?.close())

it('trains, samples and scores in a page, by the same lines as in Node', async ({ skip }) => {
  if (!page) return skip('not on this machine; the warning printed says what is missing')
  const lines = await page.call<string[]>('run')
  expect(lines.slice(0, 3).map((line) => line.replace(/loss .*/, ''))).toEqual([
    'step 200: ',
    'step 400: ',
    'step 600: ',
  ])
  expect(lines).toHaveLength(5)
  const [learned, exact] = lines.slice(3).map((line) => Number(/(-?[\d.]+) nats/.exec(line)![1]))
  expect(Math.abs(learned! - exact!)).toBeLessThan(2)
  expect(page.bundle.sources).toContain('examples/two-moons.ts')
  expect(page.bundle.sources.filter((source) => /onnxruntime-node|\.node\.ts$/.test(source))).toEqual([])
}, 180_000)
