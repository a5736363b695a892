import * as f from '../engine/index.ts'
import type { Ability, Model } from './model.ts'

/** What a model computes of points, on the host, in float64. */
export type HostAbility = (
  values: f.Named<ArrayLike<number>>,
  x: ArrayLike<number>,
  sigma?: ArrayLike<number>,
) => Promise<Float64Array>

/** Compiles one of a model's abilities for batches of `rows` points. */
export async function hostAbility(
  model: Model,
  ability: Exclude<Ability, 'bound' | 'generate'>,
  rows: number,
): Promise<HostAbility> {
  const leveled = model.levels === 'each'
  const program = await f.compile(
    {
      name: ability,
      shared: model.parameters,
      inputs: {
        x: { shape: [rows, ...model.event], dtype: 'float32' },
        ...(leveled ? { sigma: { shape: [rows], dtype: 'float32' } as const } : {}),
      },
      step: ({ shared, inputs }) => ({
        outputs: { found: model.can[ability]!(shared, { x: inputs['x']!, sigma: inputs['sigma'] }) },
      }),
    },
    { runtime: f.referenceRuntime },
  )
  return async (values, x, sigma) => {
    program.setShared(values)
    const given = leveled
      ? { x: Float64Array.from(x), sigma: Float64Array.from(sigma!) }
      : { x: Float64Array.from(x) }
    return Float64Array.from((await program.run(given))['found']!)
  }
}

/** ∂/∂x of a function of rows of d numbers, [n, d] → [n], by central differences: [n, d]. */
export async function differences(
  of: (x: Float64Array) => Promise<Float64Array>,
  x: ArrayLike<number>,
  d: number,
  h = 1e-4,
): Promise<Float64Array> {
  const found = new Float64Array(x.length)
  for (let k = 0; k < d; k++) {
    const moved = (by: number): Float64Array => Float64Array.from(x, (v, i) => (i % d === k ? v + by : v))
    const [ahead, behind] = [await of(moved(h)), await of(moved(-h))]
    for (const [row, value] of ahead.entries()) found[row * d + k] = (value - behind[row]!) / (2 * h)
  }
  return found
}

/** max |aᵢ − bᵢ|; Infinity where they differ in length or are not numbers. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  }
  return largest
}
