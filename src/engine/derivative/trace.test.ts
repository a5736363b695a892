import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  evaluate,
  expectDerivatives,
  type Given,
  generator,
  randomLike,
} from '../finite-differences.test-helper.ts'
import { graphCost } from '../graph.ts'
import { interpret } from '../interpret.ts'
import { defineOperation } from '../operation.ts'
import * as f from '../ops/index.ts'
import type { Shape } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { grad, hessianTrace, jacobianTrace, type TraceOptions, type TraceWay } from './index.ts'
import { cook, type Recipe, recipes } from './random-graphs.test-helper.ts'

const [rows, d, hidden] = [3, 4, 5]
const float = (name: string, shape: Shape): Tensor => f.input(name, { shape, dtype: 'float32' })

/** What has parameters and is asked at x: [B, d]. */
interface Built {
  readonly y: Tensor
  readonly parameters: readonly Tensor[]
  readonly width?: boolean
}

const linear = (x: Tensor, w: Tensor, b: Tensor): Tensor => {
  const product = f.matmul(x, w)
  return f.add(product, f.broadcastTo(b, product.shape))
}

/** Layers of an MLP from d to `out`, with a nonlinear function between. */
function mlp(x: Tensor, out: number, activations: readonly ((t: Tensor) => Tensor)[]): Built {
  const sizes = [x.shape[1]!, ...activations.map((_, l) => hidden + l), out]
  const weights = sizes.slice(1).map((n, l) => float(`w${l}`, [sizes[l]!, n]))
  const biases = sizes.slice(1).map((n, l) => float(`b${l}`, [n]))
  let h = x
  for (const [l, w] of weights.entries()) {
    h = linear(h, w, biases[l]!)
    h = activations[l]?.(h) ?? h
  }
  return { y: h, parameters: [...weights, ...biases], width: true }
}

/** A residual network with a layer norm and a noise level, between the factors of a preconditioned denoiser. */
function residual(x: Tensor, out: number): Built {
  const sigma = float('sigma', [rows, 1])
  const [w, a, c, o] = [
    [x.shape[1]!, hidden],
    [hidden, hidden],
    [hidden, hidden],
    [hidden, out],
  ].map((shape, i) => float(`w${i}`, shape))
  const stretched = (n: number): Tensor => f.broadcastTo(sigma, [rows, n])
  let h = f.matmul(f.mul(x, f.exp(stretched(x.shape[1]!))), w!)
  for (let block = 0; block < 2; block++)
    h = f.add(
      h,
      f.matmul(f.silu(f.add(f.matmul(f.layerNorm(h, { epsilon: 0.5 }), a!), stretched(hidden))), c!),
    )
  const raw = f.matmul(f.silu(h), o!)
  return { y: raw, parameters: [w!, a!, c!, o!, sigma], width: true }
}

const square = (x: Tensor): Tensor => f.mul(x, x)

const fields: Record<string, (x: Tensor) => Built> = {
  'an MLP': (x) => mlp(x, d, [f.tanh, f.silu, f.softplus]),
  'a linear map': (x) => ({ ...mlp(x, d, []), width: false }),
  'two linear maps': (x) => mlp(x, d, [(t) => t]),
  'a preconditioned residual network': (x) => {
    const { y: raw, parameters } = residual(x, d)
    const sigma = f.broadcastTo(parameters.at(-1)!, x.shape)
    return { y: f.sub(f.mul(f.sigmoid(sigma), x), f.mul(f.tanh(sigma), f.neg(raw))), parameters, width: true }
  },
  'the score of an energy': (x) => {
    const { y, parameters } = mlp(x, 1, [f.softplus, f.silu])
    return { y: f.neg(grad(f.sum(y), [x])[0]!), parameters, width: true }
  },
  'attention, concat, slices and gather': (x) => {
    const w = float('w', [d, d])
    const picked = f.gather(x, f.constant({ shape: [d], data: [2, 0, 2, 1] }, { dtype: 'int32' }), {
      axis: 1,
    })
    const halves = [f.slice(x, { axis: 1, start: 2 }), f.slice(picked, { axis: 1, start: 0, end: 2 })]
    const shares = f.softmax(f.matmul(f.concat(halves, { axis: 1 }), w))
    return { y: f.mul(shares, f.cumsum(f.sin(x), { axis: 1 })), parameters: [w] }
  },
  'flips, slices with a step and elements chosen row by row': (x) => {
    const chosen = Array.from({ length: rows * d }, (_, i) => (i * 7) % d)
    const indices = f.constant({ shape: [rows, d], data: chosen }, { dtype: 'int32' })
    const taken = f.takeAlongAxis(f.sin(x), indices, { axis: 1 })
    const added = f.scatterAddAlongAxis(f.elu(x), indices, { axis: 1, size: d })
    const [even, odd] = [0, 1].map((start) => f.slice(x, { axis: 1, start, step: 2 }))
    const apart = f.concat([f.leakyRelu(odd!), f.relu(even!)], { axis: 1 })
    return { y: f.add(f.mul(taken, f.flip(x, { axis: 1 })), f.mul(added, apart)), parameters: [] }
  },
  'a product of matrices for each row': (x) => {
    const [left, right] = [f.reshape(f.sin(x), [rows, 2, 2]), f.reshape(f.tanh(x), [rows, 2, 2])]
    return { y: f.reshape(f.matmul(left, right, { transposeB: true }), [rows, d]), parameters: [] }
  },
  'where, clip, quotients and powers': (x) => {
    const safe = f.add(square(x), 1)
    const y = f.where(f.greater(x, 0.1), f.div(x, safe), f.pow(safe, f.broadcastTo(f.constant(1.5), x.shape)))
    const far = f.clip(f.mul(x, 3), { low: -1, high: 1.5 })
    const level = f.broadcastTo(f.logsumexp(x, { axes: [1], keepDims: true }), x.shape)
    const size = f.broadcastTo(f.norm(x, { axes: [1], keepDims: true }), x.shape)
    return { y: f.add(y, f.mul(f.mul(far, size), level)), parameters: [] }
  },
}

/** Scalars of each row, [B]. */
const energies: Record<string, (x: Tensor) => Built> = {
  'an MLP': (x) => {
    const built = mlp(x, 1, [f.tanh, f.silu, f.softplus])
    return { ...built, y: f.reshape(built.y, [rows]) }
  },
  'a residual network with a noise level': (x) => {
    const built = residual(x, 1)
    return { ...built, y: f.reshape(built.y, [rows]) }
  },
  'a network beside a confining bowl': (x) => {
    const { y, parameters } = mlp(x, 1, [f.gelu])
    const bowl = f.mul(0.5, f.sum(square(x), { axes: [1] }))
    return { y: f.sub(bowl, f.reshape(y, [rows])), parameters }
  },
  'norm, logsumexp and softmax': (x) => {
    const w = float('w', [d, d])
    const z = f.matmul(f.sin(x), w)
    const shares = f.sum(f.mul(f.softmax(z), x), { axes: [1] })
    return {
      y: f.add(f.mul(f.norm(x, { axes: [1] }), f.logsumexp(z, { axes: [1] })), shares),
      parameters: [w],
    }
  },
  'products, quotients, powers and where': (x) => {
    const safe = f.add(square(x), 1)
    const y = f.div(f.mul(x, f.sin(x)), f.pow(safe, f.broadcastTo(f.constant(1.5), x.shape)))
    const all = f.where(f.greater(x, 0.1), f.mul(y, f.exp(x)), f.clip(y, { low: -0.3, high: 0.2 }))
    return { y: f.sum(f.mul(all, f.cumsum(f.tanh(x), { axis: 1 })), { axes: [1] }), parameters: [] }
  },
  'a determinant of a matrix for each row': (x) => {
    const [left, right] = [f.reshape(f.sin(x), [rows, 2, 2]), f.reshape(f.tanh(x), [rows, 2, 2])]
    const product = f.reshape(f.matmul(left, right), [rows, d])
    const [a, b, c, e] = [0, 1, 2, 3].map((i) => f.slice(product, { axis: 1, start: i, end: i + 1 }))
    return { y: f.reshape(f.sub(f.mul(a!, e!), f.mul(b!, c!)), [rows]), parameters: [] }
  },
}

/** Every way that there is: `undefined` leaves the choice to the rule. */
function waysOf(built: Built): TraceOptions[] {
  const always: TraceOptions[] = [
    {},
    { way: 'forward' },
    { way: 'forward', chunk: 3 },
    { way: 'reverse' },
    { way: 'reverse', chunk: 3 },
    ...inRounds('forward'),
    ...inRounds('reverse'),
  ]
  return built.width ? [...always, { way: 'width' }, ...inRounds('width')] : always
}

/** Budgets so small that each round has one direction, or a few, and some are left over. */
function inRounds(way: TraceWay): TraceOptions[] {
  return [1, 1500].map((budgetBytes) => ({ way, budgetBytes }))
}

function randomValues(symbols: readonly Tensor[], seed: number): Given {
  const random = generator(seed)
  return new Map(symbols.map((t) => [t, randomLike(t, random)]))
}

/** Holds a trace, and the gradient of a loss of it, against another way to the same, to rounding. */
function expectAlike(
  trace: Tensor,
  expected: Tensor,
  wrt: readonly Tensor[],
  given: Given,
  what: string,
): void {
  const loss = (t: Tensor): Tensor => f.sum(f.sin(t))
  const ours = interpret([trace, ...grad(loss(trace), wrt)], given)
  const theirs = interpret([expected, ...grad(loss(expected), wrt)], given)
  for (const [k, values] of theirs.entries()) {
    const size = Math.max(1, ...values.map(Math.abs))
    for (const [i, value] of values.entries())
      expect(Math.abs(ours[k]![i]! - value) / size, `${what}, result ${k}`).toBeLessThan(1e-12)
  }
}

describe.each(Object.entries(fields))('jacobianTrace of %s', (_name, field) => {
  it('is the same, and has the same gradients, whichever way it is found', () => {
    const x = float('x', [rows, d])
    const built = field(x)
    const wrt = [x, ...built.parameters]
    const expected = jacobianTrace(built.y, x, { way: 'unrolled' })
    for (const options of waysOf(built))
      expectAlike(
        jacobianTrace(built.y, x, options),
        expected,
        wrt,
        randomValues(wrt, 3),
        JSON.stringify(options),
      )
  })
})

describe.each(Object.entries(energies))('hessianTrace of %s', (_name, energy) => {
  it('is the same, and has the same gradients, whichever way it is found', () => {
    const x = float('x', [rows, d])
    const built = energy(x)
    const wrt = [x, ...built.parameters]
    const expected = hessianTrace(built.y, x, { way: 'unrolled' })
    for (const options of waysOf(built))
      expectAlike(
        hessianTrace(built.y, x, options),
        expected,
        wrt,
        randomValues(wrt, 5),
        JSON.stringify(options),
      )
  })

  it('is what differences of the energy show', () => {
    const x = float('x', [rows, d])
    const { y, parameters } = energy(x)
    const given = randomValues([x, ...parameters], 5)
    const trace = evaluate(hessianTrace(y, x), given)
    const at = (column: number, step: number): Float64Array =>
      evaluate(
        y,
        new Map([...given, [x, given.get(x)!.map((value, i) => (i % d === column ? value + step : value))]]),
      )
    const h = 1e-3
    const measured = new Float64Array(rows)
    for (let j = 0; j < d; j++) {
      const values = [-2, -1, 0, 1, 2].map((steps) => at(j, steps * h))
      const weights = [-1, 16, -30, 16, -1] // errs by h⁴
      for (let b = 0; b < rows; b++)
        measured[b]! += weights.reduce((sum, w, k) => sum + (w * values[k]![b]!) / (12 * h * h), 0)
    }
    for (const [b, value] of measured.entries()) expect(trace[b]).toBeCloseTo(value, 6)
  })

  it('has the right derivatives', () => {
    const x = float('x', [rows, d])
    const { y, parameters } = energy(x)
    const wrt = [x, ...parameters]
    expectDerivatives(f.sum(f.sin(hessianTrace(y, x))), wrt, randomValues(wrt, 6), { order: 2 })
  })
})

describe('of random expressions', () => {
  // One row, so that whatever is done to it is row by row.
  const x = float('x', [1, 6])
  const given = randomValues([x], 7)
  const other = f.constant({ shape: [2, 3], data: randomLike(x, generator(8)) })
  const made = (recipe: Recipe): Tensor => cook(recipe, [f.reshape(x, [2, 3]), other])

  it('jacobianTrace is the same, and has the same gradients, whichever way it is found', () => {
    fc.assert(
      fc.property(recipes(9), (recipe) => {
        const y = f.reshape(made(recipe), [1, 6])
        const expected = jacobianTrace(y, x, { way: 'unrolled' })
        for (const options of [
          { way: 'forward' },
          { way: 'reverse', chunk: 4 },
          { way: 'forward', budgetBytes: 1 },
          { way: 'reverse', budgetBytes: 1 },
        ] as const)
          expectAlike(jacobianTrace(y, x, options), expected, [x], given, JSON.stringify(options))
      }),
      { numRuns: 80, seed: 4 },
    )
  })

  it('hessianTrace is the same, and has the same gradients, whichever way it is found', () => {
    fc.assert(
      fc.property(recipes(6), (recipe) => {
        const y = made(recipe)
        const energy = f.reshape(f.sum(f.mul(y, f.sin(f.add(y, 1)))), [1])
        const expected = hessianTrace(energy, x, { way: 'unrolled' })
        for (const options of [
          { way: 'forward' },
          { way: 'forward', chunk: 4 },
          { way: 'reverse' },
          { way: 'forward', budgetBytes: 1 },
        ] as const)
          expectAlike(hessianTrace(energy, x, options), expected, [x], given, JSON.stringify(options))
      }),
      { numRuns: 60, seed: 5 },
    )
  })
})

it('the trace of a linear field is that of its matrix, and of a quadratic energy that of its form', () => {
  const x = float('x', [rows, d])
  const matrix = randomLike(float('m', [d, d]), generator(9))
  const m = f.constant({ shape: [d, d], data: matrix })
  const exact = [0, 1, 2, 3].reduce((sum, i) => sum + matrix[i * d + i]!, 0)
  const field = f.matmul(x, m)
  const energy = f.mul(0.5, f.sum(f.mul(x, field), { axes: [1] }))
  const given = randomValues([x], 10)
  for (const way of ['forward', 'reverse', 'unrolled'] as const)
    for (const trace of [jacobianTrace(field, x, { way }), hessianTrace(energy, x, { way })])
      for (const value of evaluate(trace, given)) expect(value, way).toBeCloseTo(exact, 14)
})

it('a field or energy that does not depend on x has the trace 0, and x itself d', () => {
  const x = float('x', [rows, d])
  const p = float('p', [rows, d])
  const given = randomValues([x, p], 11)
  const values = (t: Tensor): number[] => Array.from(evaluate(t, given))
  expect(values(jacobianTrace(p, x))).toEqual([0, 0, 0])
  expect(values(hessianTrace(f.sum(p, { axes: [1] }), x))).toEqual([0, 0, 0])
  expect(values(jacobianTrace(x, x))).toEqual([d, d, d])
  expect(values(hessianTrace(f.sum(x, { axes: [1] }), x))).toEqual([0, 0, 0])
  const none = float('x', [rows, 0])
  expect(values(jacobianTrace(none, none))).toEqual([0, 0, 0])
  expect(values(jacobianTrace(f.mul(x, f.stopGradient(x)), x, { way: 'forward' }))).toEqual(
    values(f.sum(x, { axes: [1] })),
  )
})

it('an operation with no rule for several directions is gone through one by one', () => {
  // x ↦ x[end … start]: linear, so its derivative is itself.
  const turned = defineOperation({
    name: 'turned',
    summary: 'columns in reverse order',
    infer: ([x]) => x!,
    derivative: ({ cotangent }) => [turn(cotangent)],
    lower: () => '',
    reference: ([x]) => x!.data.map((_, i) => x!.data[i - (i % d) + (d - 1 - (i % d))]!),
    samples: [],
  })
  const turn = (t: Tensor): Tensor => intern(turned, [t], {})
  const x = float('x', [rows, d])
  const given = randomValues([x], 12)
  const field = f.mul(f.sin(turn(x)), x)
  expectAlike(jacobianTrace(field, x), jacobianTrace(field, x, { way: 'unrolled' }), [x], given, 'no rule')
  const sines = evaluate(f.sum(f.sin(turn(x)), { axes: [1] }), given)
  for (const [b, value] of evaluate(jacobianTrace(field, x), given).entries())
    expect(value).toBeCloseTo(sines[b]!, 14)
})

it('the number of operations does not grow with d, nor the work with d through the hidden width', () => {
  const cost = (dimension: number, options: TraceOptions): ReturnType<typeof graphCost> => {
    const x = float('x', [rows, dimension])
    const { y, parameters } = mlp(x, dimension, [f.silu, f.silu, f.silu])
    return graphCost(grad(f.sum(jacobianTrace(y, x, options)), parameters))
  }
  expect(cost(64, { way: 'forward' }).operations).toBe(cost(32, { way: 'forward' }).operations)
  const [narrow, wide] = [64, 128].map((n) => cost(n, { way: 'width' }).flops) as [number, number]
  expect(wide / narrow).toBeLessThan(2.1)
  // The rule: through the width where d > H/2.
  for (const [n, way] of [
    [2, 'forward'],
    [3, 'width'],
  ] as const)
    expect(cost(n, {})).toEqual(cost(n, { way }))
})

it('says what is wrong', () => {
  const x = float('x', [rows, d])
  expect(() => jacobianTrace(f.sin(x), x, { way: 'width' })).toThrow('no way through the hidden width')
  expect(() => hessianTrace(f.sum(f.sin(x), { axes: [1] }), x, { way: 'width' })).toThrow('hidden width')
  expect(() => hessianTrace(x, x)).toThrow('the energy is [3, 4] and x [3, 4]; they must be [B] and [B, d]')
  expect(() => jacobianTrace(f.sin(x), x, { way: 'forward', chunk: 0 })).toThrow('The chunk is 0')
  for (const budgetBytes of [0, -1, Number.NaN])
    expect(() => jacobianTrace(f.sin(x), x, { budgetBytes })).toThrow('bytes; it must be above 0')
})
