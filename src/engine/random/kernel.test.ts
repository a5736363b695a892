import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadKernel } from './kernel.ts'
import { kernelBase64 } from './kernel.wasm.ts'
import { twoSidedTail } from './statistics.test-helper.ts'

const scale = 2 ** 32

/** Box–Muller of two words in float64, reduced so that neither logarithm nor sine cancels. */
function boxMuller64(word0: number, word1: number): [number, number] {
  const logarithm =
    word0 < scale / 2 ? Math.log((word0 + 0.5) / scale) : Math.log1p(-(scale - word0 - 0.5) / scale)
  const radius = Math.sqrt(-2 * logarithm)
  const quarter = Math.floor((word1 + scale / 8) / (scale / 4))
  const angle = (2 * Math.PI * (word1 + 0.5 - (quarter * scale) / 4)) / scale
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  const turned: [number, number][] = [
    [cosine, sine],
    [-sine, cosine],
    [-cosine, -sine],
    [sine, -cosine],
  ]
  const [x, y] = turned[quarter % 4]!
  return [radius * x, radius * y]
}

/** Runs the kernel's Box–Muller on pairs of words and calls `visit` with each pair and its two values. */
function boxMullerOf(
  pairs: readonly (readonly [number, number])[],
  visit: (pair: readonly [number, number], values: readonly [number, number]) => void,
): void {
  const kernel = loadKernel()
  const perTile = kernel.tileBlocks * 2
  const at = (i: number): number => Math.floor(i / 4) * 8 + (i % 4) // four pairs side by side
  for (let start = 0; start < pairs.length; start += perTile) {
    const tile = pairs.slice(start, start + perTile)
    tile.forEach((pair, i) => {
      kernel.words[at(i)] = pair[0]
      kernel.words[at(i) + 4] = pair[1]
    })
    kernel.run.boxMuller(kernel.tileBlocks / 4, 2)
    tile.forEach((pair, i) => {
      visit(pair, [kernel.floats[at(i)]!, kernel.floats[at(i) + 4]!])
    })
  }
}

/** Words near every multiple of 2²⁹, where branches and exponents change, and near every power of two, from both ends. */
function edgeWords(): number[] {
  const edges = new Set<number>()
  const near = (centre: number): void => {
    for (let step = -3; step <= 3; step++) if (centre + step >= 0 && centre + step < scale) edges.add(centre + step)
  }
  for (let eighth = 0; eighth <= 8; eighth++) near(eighth * 2 ** 29)
  for (let power = 0; power < 32; power++) {
    near(2 ** power)
    near(scale - 2 ** power)
    near(Math.round(2 ** power * Math.SQRT2))
    near(scale - Math.round(2 ** power * Math.SQRT2))
  }
  return [...edges]
}

describe('kernel', () => {
  it('is what its source compiles to', async () => {
    const script = fileURLToPath(new URL('../../../scripts/build-random-kernel.mjs', import.meta.url))
    await promisify(execFile)(process.execPath, [script, '--check'])
  }, 60_000)

  it('is below the 4 KB that browsers compile on the main thread, and imports nothing', () => {
    const bytes = Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0))
    expect(bytes.length).toBeLessThan(4096)
    expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([])
  })
})

describe('Box–Muller', () => {
  const relativeError = (actual: number, exact: number): number => Math.abs(actual / exact - 1)

  function largestError(pairs: readonly (readonly [number, number])[]): number {
    let largest = 0
    boxMullerOf(pairs, (pair, values) => {
      const exact = boxMuller64(...pair)
      largest = Math.max(largest, relativeError(values[0], exact[0]), relativeError(values[1], exact[1]))
    })
    return largest
  }

  it('is within a relative 4e-7 of float64 on all pairs of edge words', () => {
    const edges = edgeWords()
    const error = largestError(edges.flatMap((a) => edges.map((b): [number, number] => [a, b])))
    expect(error).toBeGreaterThan(1e-8) // float32 cannot be better: the comparison is a real one
    expect(error).toBeLessThan(4e-7)
  })

  it('is within a relative 4e-7 of float64 on words spread evenly', () => {
    const pairs = Array.from({ length: 400_000 }, (_, i): [number, number] => [
      Math.imul(i, 0x9e3779b1) >>> 0,
      Math.imul(i, 0x85ebca77) >>> 0,
    ])
    expect(largestError(pairs)).toBeLessThan(4e-7)
  })

  it('has the right tails: P(|z| > 5), P(|z| > 5.5), P(|z| > 6) of all words, by quadrature over angles', () => {
    const angles = 512
    const smallWords = 16_000 // exp(−5² / 2) · 2³² = 16,006: no other word reaches 5
    const pairs: [number, number][] = []
    // Every word near 0 as its own stratum would be 8 million pairs: single words up to 512, then every 32nd for 32.
    const weights: number[] = []
    for (let word = 0; word < smallWords + 64; word += word < 512 ? 1 : 32) {
      const weight = word < 512 ? 1 : 32
      for (let a = 0; a < angles; a++) {
        pairs.push([word + (weight >> 1), ((a + 0.5) * scale) / angles])
        weights.push(weight / angles / scale)
      }
    }
    const thresholds = [5, 5.5, 6]
    const tails = thresholds.map(() => 0)
    let i = 0
    boxMullerOf(pairs, (_, values) => {
      const weight = weights[i++]!
      for (const value of values) {
        thresholds.forEach((threshold, t) => {
          if (Math.abs(value) > threshold) tails[t]! += weight / 2
        })
      }
    })
    thresholds.forEach((threshold, t) => {
      expect(relativeError(tails[t]!, twoSidedTail(threshold))).toBeLessThan(0.02)
    })
  })

  it('reaches √(66 ln 2) = 6.76 at word 0', () => {
    boxMullerOf([[0, 0]], (_, values) => expect(values[0]).toBeCloseTo(Math.sqrt(66 * Math.LN2), 6))
  })
})

describe('uniform', () => {
  it('maps the smallest and the largest words into the open interval', () => {
    const kernel = loadKernel()
    kernel.words.set([0, 0x1ff, 0x200, 0x7fffffff, 0x80000000, 0xfffffdff, 0xfffffe00, 0xffffffff])
    kernel.run.uniform(1)
    const half = 2 ** -24
    expect([...kernel.floats.slice(0, 8)]).toEqual([
      half,
      half,
      3 * half,
      0.5 - half,
      0.5 + half,
      1 - 3 * half,
      1 - half,
      1 - half,
    ])
  })

  it('does so in float64', () => {
    const kernel = loadKernel()
    const all = 0xffffffff
    kernel.words.set([0, 0, 0xfff, 0, 0x1000, 0, 0, 0x80000000, all, 0x7fffffff, all, all])
    kernel.run.uniform64(1)
    const half = 2 ** -53
    const expected = [half, half, 3 * half, 0.5 + half, 0.5 - half, 1 - half]
    expect([...kernel.doubles.slice(0, 6)]).toEqual(expected)
  })
})
