import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalQuantile, ScorefieldError } from '../../../base/index.ts'
import { columnEncoder, columnEncoders } from './column-encoders.ts'

const continuous = { resolution: undefined, dequantised: false } as const
const whole = { resolution: 1, dequantised: true } as const

/** Samples that try an encoder: smooth, skewed, with heavy ties, with outliers, in tiny and huge units. */
const samples = {
  smooth: Float64Array.from({ length: 400 }, (_, i) => normalQuantile((i + 0.5) / 400)),
  skewed: Float64Array.from({ length: 400 }, (_, i) => Math.exp(2 * normalQuantile((i + 0.5) / 400))),
  halfZeros: Float64Array.from({ length: 300 }, (_, i) => (i % 2 ? 0 : Math.log1p(i) * 1.1)),
  outlier: Float64Array.from({ length: 100 }, (_, i) => (i === 7 ? 1e9 : Math.sqrt(i))),
  tinyUnits: Float64Array.from({ length: 64 }, (_, i) => 1e-9 * (i + Math.sin(i))),
  two: Float64Array.of(-1, 3),
}

const wholeSamples = {
  grades: Float64Array.from({ length: 500 }, (_, i) => 3 + ((i * i) % 7)),
  gains: Float64Array.from({ length: 2000 }, (_, i) => (i % 10 ? 0 : (i * 37) % 99_999)),
  flag: Float64Array.from({ length: 50 }, (_, i) => (i % 5 ? 0 : 1)),
}

const cases = columnEncoders
  .filter((encoder) => encoder.kind === 'number' && !['constant', 'value-cells'].includes(encoder.name))
  .flatMap((encoder) => [
    ...Object.entries(samples).map(([name, values]) => ({
      encoder: encoder.name,
      name,
      values,
      options: continuous,
    })),
    ...Object.entries(wholeSamples).map(([name, values]) => ({
      encoder: encoder.name,
      name,
      values,
      options: whole,
    })),
  ])

describe.each(cases)('$encoder on $name', ({ encoder, values, options }) => {
  const fitted = columnEncoder('number', encoder).fit(values, options)
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  const anywhere = fc.double({ min: -0.5, max: 1.5, noNaN: true }).map((share) => low + share * (high - low))
  const slopeAt = (z: number): number => Math.exp(fitted.logDerivative(Float64Array.of(z), 1)[0]!)

  test('decode undoes encode', () => {
    fc.assert(
      fc.property(fc.oneof(anywhere, fc.constantFrom(...values)), (value) => {
        const encoded = fitted.encode(Float64Array.of(value))
        const back = fitted.decode(encoded, 1)[0]!
        const rounding = (1 + Math.abs(encoded[0]!)) / slopeAt(encoded[0]!) + Math.abs(value) + Math.abs(low)
        expect(Math.abs(back - value)).toBeLessThan(1e-13 * rounding)
      }),
    )
  })

  test('strictly increasing', () => {
    const grid = Float64Array.from({ length: 501 }, (_, i) => low + ((i - 50) / 400) * (high - low))
    const encoded = fitted.encode(grid)
    for (let i = 1; i < encoded.length; i++) expect(encoded[i]!).toBeGreaterThan(encoded[i - 1]!)
  })

  test('the slope between two near points lies between the derivatives there', () => {
    const [from, to] = fitted.encode(Float64Array.of(low, high)) as Float64Array as unknown as [
      number,
      number,
    ]
    const step = 1e-5
    fc.assert(
      fc.property(fc.double({ min: -0.1, max: 1.1, noNaN: true }), (share) => {
        const z = from + share * (to - from)
        const [v0, v1] = fitted.decode(Float64Array.of(z, z + step), 2) as unknown as [number, number]
        const slopes = [slopeAt(z), slopeAt(z + step)]
        const run = v1 - v0
        const rounding =
          1e-15 * (Math.abs(v0) + Math.abs(low)) + (1e-15 * (1 + Math.abs(z))) / Math.min(...slopes)
        expect(run * Math.max(...slopes)).toBeGreaterThan(step * (1 - 1e-3) - rounding * Math.max(...slopes))
        expect(run * Math.min(...slopes)).toBeLessThan(step * (1 + 1e-3) + rounding * Math.min(...slopes))
      }),
      { numRuns: 300 },
    )
  })

  test('JSON restores it to the bit', () => {
    const restored = columnEncoder('number', encoder).restore(JSON.parse(JSON.stringify(fitted.parameters)))
    expect(restored.encode(values)).toEqual(fitted.encode(values))
    expect(restored.parameters).toEqual(fitted.parameters)
  })
})

describe('what the encoders make of a sample', () => {
  test('standard: mean 0, standard deviation 1, counting the noise of dequantisation', () => {
    const fitted = columnEncoder('number', 'standard').fit(wholeSamples.flag, whole)
    // Mean 1/5; variance 1/5 · 4/5 + 1/12.
    const std = Math.sqrt(0.16 + 1 / 12)
    expect(fitted.encode(Float64Array.of(0.2))[0]).toBeCloseTo(0, 12)
    expect(fitted.logDerivative(Float64Array.of(0), 1)[0]).toBeCloseTo(-Math.log(std), 12)
  })

  test('quantile-normal: a log-normal sample becomes normal', () => {
    const encoded = columnEncoder('number', 'quantile-normal')
      .fit(samples.skewed, continuous)
      .encode(samples.skewed)
    const worst = encoded.reduce((most, z, i) => Math.max(most, Math.abs(z - samples.smooth[i]!)), 0)
    expect(worst).toBeLessThan(0.1)
  })

  test('quantile-normal: the cells of a dequantised flag take their share of the normal', () => {
    const fitted = columnEncoder('number', 'quantile-normal').fit(wholeSamples.flag, whole)
    // 40 of 50 rows are 0; the edge between the cells lies at Φ⁻¹(40.5 / 51).
    expect(fitted.encode(Float64Array.of(0.5))[0]).toBeCloseTo(normalQuantile(40.5 / 51), 6)
  })

  test('quantile-normal: float32 tells the cells apart, also in the emptiest stretch', () => {
    const fitted = columnEncoder('number', 'quantile-normal').fit(wholeSamples.gains, whole)
    const values = Float64Array.from({ length: 100_001 }, (_, i) => i - 1000)
    const back = fitted.decode(Float64Array.from(Float32Array.from(fitted.encode(values))), values.length)
    expect(back.every((value, i) => Math.round(value) === values[i])).toBe(true)
  })

  test('constant: no room, and the value put back', () => {
    const fitted = columnEncoder('number', 'constant').fit(Float64Array.of(7, 7), continuous)
    expect(fitted.width).toBe(0)
    expect(fitted.encode(Float64Array.of(7, 7)).length).toBe(0)
    expect([...fitted.decode(new Float64Array(0), 3)]).toEqual([7, 7, 7])
    expect([...fitted.logDerivative(new Float64Array(0), 2)]).toEqual([0, 0])
  })
})

describe('errors', () => {
  const code = (expected: string) => expect.objectContaining({ code: expected, constructor: ScorefieldError })

  test('an unknown encoder', () => {
    expect(() => columnEncoder('number', 'nope')).toThrow(code('data/column-encoder'))
    expect(() => columnEncoder('text', 'standard')).toThrow(code('data/column-encoder'))
  })

  test.each([
    ['standard', { mean: 0, std: 0 }],
    ['standard', { mean: 0 }],
    ['quantile-normal', { x: [0, 0], z: [0, 1], slope: [1, 1] }],
    ['quantile-normal', { x: [0, 1], z: [0, 1], slope: [1] }],
    ['quantile-normal', { x: [0, 1], z: [0, 1], slope: [1, -1] }],
    ['constant', { value: null }],
  ])('broken parameters of %s: %j', (name, parameters) => {
    expect(() => columnEncoder('number', name).restore(parameters)).toThrow(code('data/encoding-parameters'))
  })
})
