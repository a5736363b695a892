import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hessianTrace, jacobianTrace } from '../derivative/index.ts'
import { type Given, generator, randomLike } from '../finite-differences.test-helper.ts'
import { interpret } from '../interpret.ts'
import { compile } from '../program.ts'
import { nodeCpu } from '../runtime/node.ts'
import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import type { ConvolutionOptions } from './convolution.ts'
import * as f from './index.ts'

const float = (name: string, shape: Shape): Tensor => f.input(name, { shape, dtype: 'float32' })

function closest(actual: ArrayLike<number>, expected: readonly number[], digits = 5): void {
  expect(actual.length).toBe(expected.length)
  for (const [i, value] of expected.entries()) expect(actual[i], `element ${i}`).toBeCloseTo(value, digits)
}

/** Any convolution that fits: shapes of x and w, and settings. */
const convolutions = fc
  .record({
    rank: fc.integer({ min: 1, max: 3 }),
    batch: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
    depth: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 2 }),
    axes: fc.array(
      fc.record({
        kernel: fc.integer({ min: 1, max: 4 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        before: fc.integer({ min: 0, max: 3 }),
        after: fc.integer({ min: 0, max: 3 }),
        extra: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 3, maxLength: 3 },
    ),
  })
  .map(({ rank, batch, groups, depth, filters, axes: all }) => {
    const axes = all.slice(0, rank)
    const extents = axes.map(({ kernel, dilation, before, after, extra }) =>
      Math.max(1, dilation * (kernel - 1) + 1 - before - after + extra),
    )
    return {
      x: [batch, groups * depth, ...extents],
      w: [groups * filters, depth, ...axes.map(({ kernel }) => kernel)],
      options: {
        groups,
        stride: axes.map(({ stride }) => stride),
        dilation: axes.map(({ dilation }) => dilation),
        padding: axes.map(({ before, after }) => [before, after] as const),
      } satisfies ConvolutionOptions,
    }
  })

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((total, value, i) => total + value * b[i]!, 0)

it('the three operations are one form x·w·g: ⟨conv(x, w), g⟩ = ⟨x, convTranspose(g, w)⟩ = ⟨w, convFilter(x, g)⟩', async () => {
  await fc.assert(
    fc.asyncProperty(convolutions, async ({ x: xs, w: ws, options }) => {
      const random = generator(5)
      const [x, w] = [float('x', xs), float('w', ws)]
      const y = f.conv(x, w, options)
      const g = float('g', y.shape)
      const build = (x: Tensor, w: Tensor, g: Tensor): Tensor[] => [
        f.conv(x, w, options),
        f.convTranspose(g, w, { ...options, size: xs.slice(2) }),
        f.convFilter(x, g, { ...options, kernel: ws.slice(2) }),
      ]
      const values = [x, w, g].map((t) => randomLike(t, random))
      const given: Given = new Map([x, w, g].map((t, i) => [t, values[i]!]))
      const exact = interpret(build(x, w, g), given)
      const [a, b, c] = [dot(exact[0]!, values[2]!), dot(exact[1]!, values[0]!), dot(exact[2]!, values[1]!)]
      expect(b).toBeCloseTo(a, 9)
      expect(c).toBeCloseTo(a, 9)
      const program = await compile(
        {
          name: 'convolutions',
          inputs: { x, w, g },
          step: ({ inputs: { x, w, g } }) => {
            const [y, dx, dw] = build(x!, w!, g!)
            return { outputs: { y: y!, dx: dx!, dw: dw! } }
          },
        },
        { runtime: nodeCpu({ threads: 1 }) },
      )
      const fast = await program.run({ x: values[0]!, w: values[1]!, g: values[2]! })
      await program.dispose()
      for (const [i, name] of ['y', 'dx', 'dw'].entries()) closest(fast[name]!, Array.from(exact[i]!), 4)
    }),
    { numRuns: 60, seed: 2 },
  )
})

it('a picture moved by whole strides gives a result moved by as many places', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: 3 }),
      (kernel, stride, dilation, by) => {
        const w = float('w', [2, 1, kernel, kernel])
        const x = float('x', [1, 1, 4, 4])
        const random = generator(kernel + by)
        // Wide zeros around: what moves stays inside, and so does what the filter makes of it.
        const placed = (rows: number, columns: number): Tensor =>
          f.pad(f.pad(x, { axis: 2, before: 12 + rows, after: 12 - rows }), {
            axis: 3,
            before: 12 + columns,
            after: 12 - columns,
          })
        const settings = { stride, dilation, padding: 'valid' } as const
        const here = f.conv(placed(0, 0), w, settings)
        const moved = f.conv(placed(by * stride, -by * stride), w, settings)
        const [rows, columns] = here.shape.slice(2) as [number, number]
        const back = f.slice(f.slice(moved, { axis: 2, start: by }), { axis: 3, start: 0, end: columns - by })
        const same = f.slice(f.slice(here, { axis: 2, start: 0, end: rows - by }), { axis: 3, start: by })
        const given = new Map([x, w].map((t) => [t, randomLike(t, random)]))
        const [a, b] = interpret([back, same], given)
        expect(Math.hypot(...a!)).toBeGreaterThan(0)
        closest(a!, Array.from(b!), 12)
      },
    ),
    { numRuns: 20 },
  )
})

it('same padding keeps ⌈n/stride⌉ places, and its transpose gives n·stride back', () => {
  const w = float('w', [2, 3, 3, 4])
  for (const [extent, stride] of [
    [5, 1],
    [6, 2],
    [7, 3],
  ] as const) {
    const y = f.conv(float('x', [1, 3, extent, extent]), w, { stride })
    expect(y.shape).toEqual([1, 2, Math.ceil(extent / stride), Math.ceil(extent / stride)])
    expect(f.convTranspose(y, w, { stride }).shape.slice(2)).toEqual([
      y.shape[2]! * stride,
      y.shape[3]! * stride,
    ])
  }
})

it('pooling what was upsampled gives it back, and keeps the mean of anything', () => {
  const x = float('x', [2, 3, 4, 6])
  const given = new Map([[x, randomLike(x, generator(3))]])
  const factor = [2, 3]
  const back = f.averagePool(f.upsample(x, { factor }), { size: factor })
  const [same, mean, pooled] = interpret([back, f.mean(x), f.mean(f.averagePool(x, { size: factor }))], given)
  closest(same!, Array.from(given.get(x)!), 12)
  expect(pooled![0]).toBeCloseTo(mean![0]!, 12)
})

it('groups come out with mean 0 and variance v/(v + ε), whatever the scale of each', () => {
  const x = float('x', [2, 6, 3, 3])
  const values = randomLike(x, generator(4)).map((value, i) => value * 10 ** (Math.floor(i / 27) % 3))
  const [y] = interpret([f.groupNorm(x, { groups: 2, epsilon: 1e-9 })], new Map([[x, values]]))
  for (let group = 0; group < 4; group++) {
    const row = Array.from(y!.subarray(group * 27, (group + 1) * 27))
    expect(
      dot(
        row,
        row.map(() => 1),
      ),
    ).toBeCloseTo(0, 9)
    expect(dot(row, row) / 27).toBeCloseTo(1, 6)
  }
})

it('rmsNorm leaves the direction and brings the mean square to m/(m + ε)', () => {
  const x = float('x', [2, 3])
  const data = Float64Array.of(3, 0, -4, 1, 2, 2)
  const [y] = interpret([f.rmsNorm(x, { epsilon: 1 })], new Map([[x, data]]))
  const scales = [Math.sqrt(25 / 3 + 1), Math.sqrt(3 + 1)]
  closest(
    y!,
    Array.from(data, (value, i) => value / scales[Math.floor(i / 3)]!),
    12,
  )
})

/** Fields of x through series and pictures; where a filter depends on x there is one row. */
const fields: Record<string, { rows: number; build: (x: Tensor, w: readonly Tensor[]) => Tensor }> = {
  'convolutions, pools and norms': {
    rows: 3,
    build: (x, [first, second, third]) => {
      const picture = f.reshape(x, [3, 1, 2, 2])
      const h = f.silu(f.groupNorm(f.conv(picture, first!), { groups: 1, epsilon: 0.5 }))
      const small = f.averagePool(f.tanh(h), { size: 2 })
      const wide = f.add(h, f.upsample(f.conv(small, second!), { factor: 2 }))
      return f.reshape(f.convTranspose(wide, third!), [3, 4])
    },
  },
  'a filter that depends on x, and one that x and itself make': {
    rows: 1,
    build: (x) => {
      const series = f.reshape(x, [1, 2, 2])
      const own = f.reshape(f.sin(x), [2, 1, 2])
      const y = f.conv(series, own, { groups: 2 })
      const back = f.convTranspose(f.sin(y), own, { groups: 2 })
      const made = f.convFilter(back, f.tanh(y), { groups: 2, kernel: [2] })
      return f.reshape(f.conv(f.tanh(y), made, { groups: 2 }), [1, 4])
    },
  },
}

describe.each(Object.entries(fields))('forward mode through %s', (_name, { rows, build }) => {
  const x = float('x', [rows, 4])
  const w = [float('w1', [2, 1, 3, 3]), float('w2', [2, 2, 1, 1]), float('w3', [2, 1, 3, 3])]
  const given = new Map([x, ...w].map((t, i) => [t, randomLike(t, generator(i + 1))]))

  it('gives the trace of the Jacobian that reverse mode gives', () => {
    const ways = (['forward', 'reverse', 'unrolled'] as const).map((way) =>
      jacobianTrace(build(x, w), x, { way }),
    )
    const [forward, ...others] = interpret(ways, given)
    expect(Math.hypot(...forward!)).toBeGreaterThan(0)
    for (const other of others) closest(forward!, Array.from(other), 9)
  })

  it('gives the Laplacian that reverse mode gives', () => {
    const energy = (): Tensor => f.sum(f.sin(build(x, w)), { axes: [1] })
    const ways = (['forward', 'unrolled'] as const).map((way) => hessianTrace(energy(), x, { way }))
    const [forward, other] = interpret(ways, given)
    expect(Math.hypot(...forward!)).toBeGreaterThan(0)
    closest(forward!, Array.from(other!), 9)
  })
})

it('tells what does not fit together', () => {
  const x = float('x', [2, 4, 5, 5])
  const w = (...shape: number[]): Tensor => float('w', shape)
  const wrong: [() => unknown, RegExp][] = [
    [() => f.conv(x, w(2, 3, 3, 3)), /\[2, 4, 5, 5\], the filter \[2, 3, 3, 3\]/],
    [() => f.conv(x, w(3, 2, 3, 3), { groups: 2 }), /do not fit together .*groups 2/],
    [() => f.conv(x, w(2, 4, 3)), /do not fit|spatial/],
    [() => f.conv(x, w(2, 4, 7, 7), { padding: 'valid' }), /do not fit together/],
    [() => f.conv(x, w(2, 4, 3, 3), { stride: [1] }), /stride is \[1\]/],
    [() => f.conv(x, w(2, 4, 3, 3), { dilation: 0 }), /dilation is \[0, 0\]/],
    [() => f.conv(x, w(2, 4, 3, 3), { padding: [[1, 1]] }), /padding of spatial axis 1/],
    [() => f.conv(float('x', [2, 4]), w(2, 4, 3)), /no batch of series, pictures or volumes/],
    [() => f.convTranspose(x, w(4, 2, 3, 3), { size: [9, 5] }), /do not fit together/],
    [() => f.averagePool(x, { size: 2 }), /do not divide the extents/],
    [() => f.upsample(x, { factor: 1.5 }), /factor is \[1.5, 1.5\]/],
    [() => f.groupNorm(x, { groups: 3 }), /3 groups do not divide/],
    [() => f.rmsNorm(x, { epsilon: 0 }), /must be above 0/],
  ]
  for (const [build, message] of wrong) expect(build).toThrow(message)
})
