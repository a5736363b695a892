import { RandomStream } from '../../base/index.ts'
import { halfLogTwoPi } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import type { At, Model } from '../../family/index.ts'
import { metropolis, squares } from '../chains/metropolis.ts'

/** One transition of `rows` chains in the coordinates y of the base, x = mean + L y. */
export function transitionSpec(given: {
  readonly model: Model<'energy'>
  readonly sigma: number | undefined
  readonly rows: number
  readonly leapfrog: number
  readonly mean: ArrayLike<number>
  readonly lower: ArrayLike<number>
  readonly logDeterminant: number
}): f.ProgramSpec {
  const { model, sigma, rows, leapfrog, mean, lower, logDeterminant } = given
  const d = mean.length
  const points: f.TensorType = { shape: [rows, d], dtype: 'float32' }
  const numbers: f.TensorType = { shape: [rows], dtype: 'float32' }
  return {
    name: 'annealed transition',
    state: { chain: { y: points, log: numbers, slope: points } },
    inputs: {
      z: points,
      u: numbers,
      beta: { shape: [], dtype: 'float32' },
      length: { shape: [], dtype: 'float32' },
    },
    shared: model.parameters,
    step: ({ state, inputs, shared }) => {
      const { y, log, slope } = state['chain'] as { y: f.Tensor; log: f.Tensor; slope: f.Tensor }
      const factor = f.constant({ shape: [d, d], data: Array.from(lower) })
      const centre = f.broadcastTo(f.constant({ shape: [d], data: Array.from(mean) }), points.shape)
      /** ln f₁ = −E + ln det L at y, and its gradient. */
      const target = (at: f.Tensor): { log: f.Tensor; slope: f.Tensor } => {
        const unit = f.variable(at)
        const x = f.add(f.matmul(unit, factor, { transposeB: true }), centre)
        const asked: At = {
          x: f.reshape(x, [rows, ...model.event]),
          ...(sigma === undefined ? {} : { sigma: f.broadcastTo(f.constant(sigma), [rows]) }),
        }
        const value = f.add(f.neg(model.can.energy(shared, asked)), logDeterminant)
        return { log: value, slope: f.grad(f.sum(value), [unit])[0]! }
      }
      const beta = inputs['beta']!
      const all = (scalar: f.Tensor, like: f.Tensor): f.Tensor => f.broadcastTo(scalar, like.shape)
      const rest = f.sub(1, beta)
      const z = inputs['z']!
      const h = all(inputs['length']!, y)
      const half = f.mul(h, 0.5)
      /** ∇ ln f_β. */
      const pull = (at: f.Tensor, of: f.Tensor): f.Tensor =>
        f.sub(f.mul(all(beta, of), of), f.mul(all(rest, at), at))
      const { carry: end } = f.scan({
        carry: { y, p: z, log, slope },
        length: leapfrog,
        step: ({ carry }) => {
          const between = f.add(carry.p, f.mul(half, pull(carry.y, carry.slope)))
          const moved = f.add(carry.y, f.mul(h, between))
          const there = target(moved)
          return { carry: { y: moved, p: f.add(between, f.mul(half, pull(moved, there.slope))), ...there } }
        },
      })
      const base = (at: f.Tensor): f.Tensor => f.mul(squares(at), -0.5)
      const mixed = (at: f.Tensor, of: f.Tensor): f.Tensor =>
        f.add(f.mul(all(beta, of), of), f.mul(all(rest, of), base(at)))
      const kinetic = f.mul(f.sub(squares(z), squares(end.p)), 0.5)
      const ratio = f.add(f.sub(mixed(end.y, end.log), mixed(y, log)), kinetic)
      const { acceptance, chosen } = metropolis(ratio, inputs['u']!)
      return {
        state: {
          chain: { y: chosen(end.y, y), log: chosen(end.log, log), slope: chosen(end.slope, slope) },
        },
        outputs: { difference: f.add(f.sub(log, base(y)), d * halfLogTwoPi), acceptance },
      }
    },
  }
}

/** Where the random numbers of chains come from. */
export interface Streams {
  readonly prior: RandomStream
  readonly noise: RandomStream
  readonly uniforms: RandomStream
}

/** Those of the pilots, or of the chains. */
export function streams(seed: number, what: string): Streams {
  const of = (name: string): RandomStream =>
    new RandomStream({ seed, name: `sampling/annealed/${what}/${name}` })
  return { prior: of('prior'), noise: of('noise'), uniforms: of('acceptance') }
}

/** Chains of one batch on their way. */
export class AnnealedWalk {
  private readonly given: {
    readonly program: f.Program
    readonly batchSize: number
    readonly d: number
    readonly signal: AbortSignal | undefined
  }

  constructor(given: AnnealedWalk['given']) {
    this.given = given
  }

  /** Puts chains to their start, y: [B, d]. */
  begin(y: Float32Array): void {
    const { program, batchSize, d } = this.given
    program.setState({
      chain: { y, log: new Float32Array(batchSize), slope: new Float32Array(batchSize * d) },
    })
  }

  /** Finds energy and gradient where the chains are: a path of length 0, which is taken for certain under β = 0. */
  async settle(of: Streams, first: number): Promise<void> {
    await this.go(of, [{ beta: 0, length: 0 }], 0, first)
  }

  /** Transitions one after the other; difference: ln f₁ − ln p₀ before each, acceptance of each, [B] each. */
  async go(
    { noise, uniforms }: Streams,
    steps: readonly { readonly beta: number; readonly length: number }[],
    counter: number,
    first: number,
  ): Promise<{ readonly difference: f.HostArray[]; readonly acceptance: f.HostArray[] }> {
    const { program, batchSize, d, signal } = this.given
    signal?.throwIfAborted()
    const range = { first, count: batchSize }
    const z = new Float32Array(steps.length * batchSize * d)
    const u = new Float32Array(steps.length * batchSize)
    steps.forEach((_, k) => {
      const at = k * batchSize
      noise.normal({ ...range, width: d, counter: counter + k }, z.subarray(at * d, (at + batchSize) * d))
      uniforms.uniform({ ...range, width: 1, counter: counter + k }, u.subarray(at, at + batchSize))
    })
    const found = await program.run(
      {
        ...{ z, u },
        beta: Float64Array.from(steps, ({ beta }) => beta),
        length: Float64Array.from(steps, ({ length }) => length),
      },
      steps.length,
    )
    const rows = (values: f.HostArray): f.HostArray[] =>
      steps.map((_, k) => values.subarray(k * batchSize, (k + 1) * batchSize))
    return { difference: rows(found['difference']!), acceptance: rows(found['acceptance']!) }
  }
}
