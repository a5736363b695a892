import { add, type Tensor } from '../../engine/index.ts'
import { exponentialWeights, nodesOf } from './exponential.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/** D that a step remembers, the nearest first. */
const remembered = ['d1', 'd2', 'd3'] as const

/**
 * Weights of D at σ_t and at the levels before it, for the step from σ_t to σ_s.
 * B(h) = bh2: with two points half of 1 − e^{−h} stands for the integral of the line's slope; with more the weights are exact.
 */
function predictorWeights(sigma: number, next: number, before: readonly number[]): number[] {
  const h = Math.log(sigma / next)
  const nodes = nodesOf([sigma, ...before], sigma, h)
  return nodes.length === 2 ? halfSlope(h, nodes[1]!) : exponentialWeights(h, nodes)
}

/** Weights of D at σ_s, at σ_t and at the levels before it, for the step from σ_t to σ_s once more. */
function correctorWeights(sigma: number, next: number, before: readonly number[]): number[] {
  const h = Math.log(sigma / next)
  const nodes = nodesOf([next, sigma, ...before], sigma, h)
  return nodes.length === 2 ? halfSlope(h, 1).reverse() : exponentialWeights(h, nodes)
}

/** Weights of D at 0 and at u: (1 − e^{−h}) (D₀ + ½ (D_u − D₀)/u). */
function halfSlope(h: number, u: number): [number, number] {
  const gain = -Math.expm1(-h)
  return [gain * (1 - 1 / (2 * u)), gain / (2 * u)]
}

/**
 * UniPC-p: a step forecasts x̂_s from the last p values of the denoiser; D(x̂_s; σ_s), which the next step needs anyway, then
 * corrects it. One evaluation a step for one order more.
 * x̂_s = (σ_s/σ_t) x_t + Σ_j w_j D_j  (UniP);  x_s = (σ_s/σ_t) x_t + v D(x̂_s; σ_s) + Σ_j v_j D_j  (UniC), B(h) = e^h − 1 (bh2).
 * Zhao, Bai, Rao, Zhou, Lu 2023 (UniPC), Algorithms 1 and 2.
 * x: [B, d]. A step begins with the correction of the one before; the first steps take as many values as there are.
 */
function uniPc(p: 2 | 3, facts: { readonly order: number; readonly summary: string }): Sampler {
  return defineSampler<string, string>({
    name: `unipc-${p}`,
    summary: facts.summary,
    source: 'Zhao, Bai, Rao, Zhou, Lu 2023 (UniPC)',
    order: facts.order,
    evaluationsPerStep: 1,
    stochastic: false,
    memory: ['x', ...remembered.slice(0, p)],
    coefficients: ({ sigma, next, before }) => {
      const forecast = predictorWeights(sigma, next, before.slice(0, p - 1))
      const [previous, ...earlier] = before
      const again =
        previous === undefined ? undefined : correctorWeights(previous, sigma, earlier.slice(0, p - 1))
      return {
        sigma,
        shrink: next / sigma,
        // At the first step there is nothing to correct: x stays.
        keep: again ? 0 : 1,
        shrinkBefore: again && previous ? sigma / previous : 0,
        ...byIndex('forecast', forecast, p),
        ...byIndex('again', again ?? [], p + 1),
      }
    },
    step: ({ x: guess, c, memory, denoise }) => {
      const denoised = denoise(guess, c['sigma']!)
      const values = [denoised, ...remembered.slice(0, p).map((name) => memory[name]!)]
      const start = add(times(c['keep']!, guess), times(c['shrinkBefore']!, memory['x']!))
      const x = weighed(start, c, 'again', values)
      return {
        x: weighed(times(c['shrink']!, x), c, 'forecast', values.slice(0, p)),
        memory: { x, ...Object.fromEntries(remembered.slice(0, p).map((name, j) => [name, values[j]!])) },
      }
    },
  })
}

/** The weights as coefficients of these names, 0 where there are fewer. */
function byIndex(name: string, weights: readonly number[], count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, j) => [`${name}${j}`, weights[j] ?? 0]))
}

/** start + Σ_j c_j D_j, [B, d]. */
function weighed(
  start: Tensor,
  c: Readonly<Record<string, Tensor>>,
  name: string,
  values: readonly Tensor[],
): Tensor {
  return values.reduce((sum, value, j) => add(sum, times(c[`${name}${j}`]!, value)), start)
}

/** UniPC-2: forecast by a line, correction by a parabola. */
export const uniPc2: Sampler = uniPc(2, {
  order: 3,
  summary: 'UniPC-2: a forecast that the next evaluation corrects; third order at one evaluation a step',
})

/**
 * UniPC-3: forecast by a parabola, correction by a cubic.
 * After its start a step's error is that of fourth order. The first forecast, with one value of the denoiser, has an error of h²,
 * and so D there; that makes the walk's order 3. From far above σ_d, where D hardly changes, the start's share is small.
 */
export const uniPc3: Sampler = uniPc(3, {
  order: 3,
  summary: 'UniPC-3: UniPC with one value more; third order from its start, fourth after it',
})
