import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { referenceRuntime } from '../../src/engine/index.ts'
import { root } from './bundle.ts'
import type { OpenPage } from './harness.ts'
import type { Quantities } from './numbers.ts'
import { openTestPage, type Place, places } from './places.ts'
import { type TaskName, tasks } from './tasks.ts'
import { tolerances } from './tolerances.ts'

const absent = 'not on this machine; the warning printed says what is missing'

const expected = {} as Record<TaskName, Quantities>

beforeAll(async () => {
  for (const task of ['train', 'denoise', 'samples'] as const)
    expected[task] = await tasks[task](referenceRuntime)
})

/** ‖a − b‖ / ‖b‖; where b is all zero, ‖a‖. */
function relativeDistance(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  const norm = Math.hypot(...b)
  return Math.hypot(...b.map((value, i) => a[i]! - value)) / (norm === 0 ? 1 : norm)
}

describe.each(Object.keys(places) as (keyof typeof places)[])('%s', (name) => {
  const tolerance = tolerances[name]
  let place: Place | undefined

  beforeAll(async () => {
    place = await places[name]()
  })
  afterAll(() => place?.close())

  it('trains like float64 does, and repeats itself to the bit', async ({ skip }) => {
    if (!place) return skip(absent)
    const { repeats, ...results } = await place.run('train')
    expect(repeats).toEqual([1])
    expect(Object.keys(results).sort()).toEqual(Object.keys(tolerance.train).sort())
    for (const [quantity, bound] of Object.entries(tolerance.train))
      expect(
        relativeDistance(results[quantity]!, expected.train[quantity]!),
        `${name}, ${quantity}`,
      ).toBeLessThanOrEqual(bound)
  })

  it('denoises like float64 does', async ({ skip }) => {
    if (!place) return skip(absent)
    const results = await place.run('denoise')
    expect(Object.keys(results)).toEqual(Object.keys(expected.denoise))
    for (const [quantity, values] of Object.entries(results))
      expect(
        relativeDistance(values, expected.denoise[quantity]!),
        `${name}, ${quantity}`,
      ).toBeLessThanOrEqual(tolerance.denoise)
  })

  it('gives two programs at once what it gives them alone', async ({ skip }) => {
    if (!place) return skip(absent)
    for (const results of await place.together())
      for (const [quantity, values] of Object.entries(results))
        expect(relativeDistance(values, expected.denoise[quantity]!)).toBeLessThanOrEqual(tolerance.denoise)
  })

  it('gives every sample of every operation what the reference gives, with numbers for operands too', async ({
    skip,
  }) => {
    if (!place) return skip(absent)
    const results = await place.run('samples')
    expect(Object.keys(results)).toEqual(Object.keys(expected.samples))
    for (const [sample, values] of Object.entries(results)) {
      const bound = tolerance.operation(sample.slice(0, sample.indexOf(' ')))
      const reference = expected.samples[sample]!
      expect(values.length).toBe(reference.length)
      for (const [i, value] of reference.entries())
        expect(
          Math.abs(values[i]! - value),
          `${name}, ${sample}, element ${i}: ${values[i]} against ${value}`,
        ).toBeLessThanOrEqual(bound * Math.max(1, Math.abs(value)))
    }
  })
})

describe('a page without a GPU', () => {
  let page: OpenPage | undefined

  beforeAll(async () => {
    page = await openTestPage({ webgpu: false })
  })
  afterAll(() => page?.close())

  it('contains no onnxruntime-node, and takes WebAssembly when no runtime is named', async ({ skip }) => {
    if (!page) return skip(absent)
    const facts = await page.call('facts')
    expect(facts).toEqual({ isolated: true, defaultRuntime: 'web/wasm', nodeCpu: 'runtime/only-in-node' })
    const sources = page.bundle.sources.filter((source) => /onnxruntime-node|\.node\.ts$/.test(source))
    expect(sources).toEqual([])
    expect(page.bundle.text).not.toMatch(/onnxruntime-node['"]/)
  })

  it('says that WebGPU is missing', async ({ skip }) => {
    if (!page) return skip(absent)
    expect(await page.call('webgpuErrorCode')).toBe('runtime/no-webgpu')
  })
})

const { browser } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  browser: Record<string, string>
}

it.each(Object.entries(browser))(
  '%s has the same exports as what browsers get in its place',
  async (from, to) => {
    const exportsOf = async (built: string): Promise<string[]> => {
      const source = join(root, built.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'))
      return Object.keys(await import(pathToFileURL(source).href)).sort()
    }
    expect(await exportsOf(to)).toEqual(await exportsOf(from))
  },
)
