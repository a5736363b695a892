import { describe, expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { residualMlp } from '../nn/index.ts'
import { hostDenoiser, normals, someValues } from './family.test-helper.ts'
import { mixedDenoiser } from './mixed.ts'
import { jointOf } from './partly-known.ts'
import type { RowPart } from './row-part.ts'

const parts: readonly RowPart[] = [
  { kind: 'numbers', width: 1 },
  { kind: 'words', vectors: [Float64Array.of(1), Float64Array.of(-1)], spread: 0.3, shares: [0.6, 0.4] },
  { kind: 'numbers', width: 2, within: { part: 1, words: [1] } },
]
const d = 4
const size = { width: 16, blocks: 2, embedding: 8, frequencies: 2 }
const model = mixedDenoiser({ network: residualMlp, parts, size, sigmaData: 0.8, partlyKnown: true })
const values = someValues(model.parameters)
/** States of the three parts: n noisy, k known, a absent. */
const states = ['nnn', 'knn', 'nka', 'ank', 'akn', 'nna']
const rows = states.length
const sigma = Float32Array.of(0.01, 0.1, 0.5, 1, 3, 20)
const flags = (letter: string): Float32Array =>
  Float32Array.from([...states.join('')], (state) => (state === letter ? 1 : 0))
const told = {
  'condition/known parts': flags('k'),
  'condition/absent parts': flags('a'),
  'condition/known numbers': normals('known', d * rows),
}
const ownerOf = [0, 1, 2, 2]
const stateAt = (i: number): string => states[Math.floor(i / d)]![ownerOf[i % d]!]!
const x = normals('x', d * rows)

describe('rows of which parts are known, absent or noisy', () => {
  test('what is known comes back; it, and nothing of a noisy x there or of what is absent, moves the rest', async () => {
    const denoise = await hostDenoiser(model, rows)
    const before = await denoise(values, { x, sigma, ...told })
    expect(before.every(Number.isFinite)).toBe(true)
    const numbers = told['condition/known numbers']
    before.forEach((value, i) => {
      if (stateAt(i) === 'k') expect(value).toBe(numbers[i])
    })
    const moved = { x: x.map((v, i) => (stateAt(i) === 'n' ? v : v + 1)), sigma, ...told }
    const blind = await denoise(values, moved)
    const other = numbers.map((v) => v + 0.5)
    const known = await denoise(values, { x, sigma, ...told, 'condition/known numbers': other })
    before.forEach((value, i) => {
      if (stateAt(i) !== 'n') return
      expect(blind[i]).toBe(value)
      if (states[Math.floor(i / d)]!.includes('k')) expect(known[i]).not.toBe(value)
      else expect(known[i]).toBe(value)
    })
    await denoise.dispose()
  })

  test('told that nothing is known, it is the model of the joint distribution', async () => {
    const [partly, joint] = await Promise.all([hostDenoiser(model, rows), hostDenoiser(jointOf(model), rows)])
    const nothing = Object.fromEntries(
      Object.entries(told).map(([name, of]) => [name, new Float32Array(of.length)]),
    )
    const found = await partly(values, { x, sigma, ...nothing })
    const expected = await joint(values, { x, sigma })
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5)
    })
    await partly.dispose()
    await joint.dispose()
  })

  test('only noisy parts are in the error', async () => {
    const program = await f.compile({
      name: 'error',
      shared: model.parameters,
      inputs: {
        x: { shape: [rows, d], dtype: 'float32' },
        clean: { shape: [rows, d], dtype: 'float32' },
        sigma: { shape: [rows], dtype: 'float32' },
        known: { shape: [rows, 3], dtype: 'float32' },
        absent: { shape: [rows, 3], dtype: 'float32' },
        numbers: { shape: [rows, d], dtype: 'float32' },
      },
      step: ({ shared, inputs }) => {
        const conditions = {
          'known parts': inputs['known']!,
          'absent parts': inputs['absent']!,
          'known numbers': inputs['numbers']!,
        }
        const at = { x: inputs['x']!, sigma: inputs['sigma']!, conditions }
        return { outputs: { error: model.error!(shared, at, inputs['clean']!) } }
      },
    })
    program.setShared(values)
    const errorOf = async (clean: Float32Array, told: { known: Float32Array; absent: Float32Array }) =>
      (await program.run({ x, sigma, clean, numbers: clean, ...told }))['error']!
    const [known, absent] = [flags('k'), flags('a')]
    const clean = normals('clean', d * rows)
    const before = await errorOf(clean, { known, absent })
    const blind = clean.map((v, i) => (stateAt(i) === 'a' && i % d !== 1 ? v + 1 : v))
    expect(await errorOf(blind, { known, absent })).toEqual(before)
    const all = new Float32Array(3 * rows).fill(1)
    expect([...(await errorOf(clean, { known: all, absent: new Float32Array(3 * rows) }))]).toEqual(
      new Array(rows).fill(0),
    )
    await program.dispose()
  })
})
