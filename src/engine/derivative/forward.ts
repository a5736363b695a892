import { topologicalOrder } from '../graph.ts'
import * as f from '../ops/index.ts'
import { matmulOperation } from '../ops/matmul.ts'
import type { Tensor } from '../tensor.ts'
import { between, type Directions } from './directions.ts'
import { isFactor, isLinear } from './linear.ts'
import { derivativesOf, opened, pushed } from './local.ts'
import { again, isElementwise, liftedAs, replay } from './replay.ts'
import { lifted, plain, type Value } from './value.ts'

/**
 * Tangents of a tensor along k directions. `full`: [k, …shape]. `diagonal`: along unit vector j only column j changes,
 * by column j of [B, n]: what is true until the first product mixes the columns.
 */
export type Tangents =
  | { readonly kind: 'full'; readonly values: Tensor }
  | { readonly kind: 'diagonal'; readonly values: Tensor }

/** What is carried of a tensor that elementwise operations start from. */
interface Root {
  readonly tangents: Tangents
  /** Σ over directions of the second derivative, of the tensor's shape; undefined where it is 0. */
  readonly laplacian: Tensor | undefined
}

/** An elementwise function of one root: ∂h/∂root and ∂²h/∂root², of the root's shape. */
interface Local {
  readonly root: Tensor
  readonly slope: Tensor
  readonly bend: Tensor | undefined
}

/**
 * One pass forward through a graph that carries, beside each value h, its tangents along k directions, and if asked its
 * Laplacian over them, Σ_{jk} G_jk ∂²h/∂v_j∂v_k (G the identity unless given).
 *
 * Linear: T ↦ T W, L ↦ L W.  Elementwise: T ↦ h′ T, L ↦ h′ L + h″ Σ_jk T_j G_jk T_k; a chain of elementwise operations
 * is one function, whose slope and bend are worked out once for all directions.
 * Li, Ye, Zhang, et al. 2023 (forward Laplacian).
 */
export class ForwardPass {
  private readonly directions: Directions
  private readonly metric: Tensor | undefined
  private readonly second: boolean
  private readonly roots = new Map<Tensor, Root>()
  private readonly locals = new Map<Tensor, Local>()
  private readonly squares = new Map<string, Tensor>()

  /** @throws NoBatchingRule where an operation on the way has none. */
  constructor(
    outputs: readonly Tensor[],
    variable: Tensor,
    options: {
      readonly directions: Directions
      readonly second: boolean
      readonly metric?: Tensor | undefined
    },
  ) {
    this.directions = options.directions
    this.metric = options.metric
    this.second = options.second
    const ones = f.broadcastTo(f.constant(1), variable.shape)
    this.addRoot(variable, { tangents: { kind: 'diagonal', values: ones }, laplacian: undefined })
    for (const tensor of topologicalOrder(outputs, (t) => (t === variable ? [] : t.inputs)))
      if (tensor !== variable && tensor.dtype === 'float32') this.carry(tensor)
  }

  /** Tangents of a tensor; undefined where it does not change. */
  tangentsOf(tensor: Tensor): Tangents | undefined {
    const local = this.locals.get(tensor)
    if (!local) return undefined
    const { tangents } = this.roots.get(local.root)!
    return scaled(tangents, local.slope)
  }

  /** Laplacian of a tensor, of its shape; undefined where it is 0. */
  laplacianOf(tensor: Tensor): Tensor | undefined {
    const local = this.locals.get(tensor)
    if (!local) return undefined
    const { laplacian } = this.roots.get(local.root)!
    const parts = [
      ...(laplacian ? [f.mul(local.slope, laplacian)] : []),
      ...(local.bend ? [f.mul(local.bend, this.square(local.root, local.root))] : []),
    ]
    return sumOf(parts)
  }

  /** k tangents, [k, …shape]. */
  fullTangents(tensor: Tensor): Tensor {
    return this.filled(this.tangentsOf(tensor)!)
  }

  private get count(): number {
    return this.directions.count
  }

  private addRoot(tensor: Tensor, root: Root): void {
    this.roots.set(tensor, root)
    this.locals.set(tensor, {
      root: tensor,
      slope: f.broadcastTo(f.constant(1), tensor.shape),
      bend: undefined,
    })
  }

  private carry(tensor: Tensor): void {
    const active = tensor.inputs.flatMap((input, i) => (this.locals.has(input) ? [i] : []))
    if (active.length === 0 || !tensor.operation.derivative) return
    if (isElementwise(tensor.operation)) this.carryElementwise(tensor, active)
    else if (isLinear(tensor, active)) this.carryLinear(tensor, active)
    else this.carryOther(tensor, active)
  }

  /** Slope and bend by each root that the operands start from; one root goes on, several make a new one. */
  private carryElementwise(tensor: Tensor, active: readonly number[]): void {
    const { slopes, bends } = derivativesOf(tensor, active, this.second)
    const of = (i: number): Local => this.locals.get(tensor.inputs[active[i]!]!)!
    const roots = [...new Set(active.map((_, i) => of(i).root))]
    const slope = (root: Tensor): Tensor | undefined =>
      sumOf(slopes.flatMap((s, i) => (s && of(i).root === root ? [f.mul(s, of(i).slope)] : [])))
    const bend = (one: Tensor, other: Tensor): Tensor | undefined =>
      sumOf([
        ...bends.flatMap(({ i, j, bend }) =>
          of(i).root === one && of(j).root === other ? [f.mul(bend, f.mul(of(i).slope, of(j).slope))] : [],
        ),
        ...slopes.flatMap((s, i) => {
          const inner = of(i).bend
          return s && inner && one === other && of(i).root === one ? [f.mul(s, inner)] : []
        }),
      ])
    if (roots.length === 1) {
      const [root] = roots as [Tensor]
      const first = slope(root)
      if (first)
        this.locals.set(tensor, { root, slope: first, bend: this.second ? bend(root, root) : undefined })
      return
    }
    const tangents = roots.flatMap((root) => {
      const s = slope(root)
      return s ? [scaled(this.roots.get(root)!.tangents, s)] : []
    })
    if (tangents.length === 0) return
    const laplacians = this.second
      ? roots.flatMap((one) => {
          const s = slope(one)
          const { laplacian } = this.roots.get(one)!
          return [
            ...(s && laplacian ? [f.mul(s, laplacian)] : []),
            ...roots.flatMap((other) => {
              const b = bend(one, other)
              return b ? [f.mul(b, this.square(one, other))] : []
            }),
          ]
        })
      : []
    this.addRoot(tensor, { tangents: this.total(tangents), laplacian: sumOf(laplacians) })
  }

  /** The operation itself, of tangents and of Laplacians; what does not change has zeros for both. */
  private carryLinear(tensor: Tensor, active: readonly number[]): void {
    const given = (valueAt: (input: Tensor) => Value | undefined): Value[] =>
      tensor.inputs.map(
        (input, i) =>
          (active.includes(i) ? valueAt(input) : undefined) ??
          // The other factor of a product and the indices of a gather are no summands.
          plain(isFactor(tensor, i) ? input : f.broadcastTo(f.constant(0), input.shape)),
      )
    const laplacians = this.second ? active.map((i) => this.laplacianOf(tensor.inputs[i]!)) : []
    const laplacian = laplacians.some(Boolean)
      ? again(
          tensor,
          given((input) => {
            const l = this.laplacianOf(input)
            return l && plain(l)
          }).map((value) => value.tensor),
        )
      : undefined
    this.addRoot(tensor, { tangents: this.linearTangents(tensor, active, given), laplacian })
  }

  private linearTangents(
    tensor: Tensor,
    active: readonly number[],
    given: (valueAt: (input: Tensor) => Value | undefined) => Value[],
  ): Tangents {
    if (tensor.operation === matmulOperation && active[0] === 0 && tensor.inputs[0]!.shape.length === 2) {
      const tangents = this.tangentsOf(tensor.inputs[0]!)!
      const { transposeA, transposeB } = tensor.attributes as { transposeA: boolean; transposeB: boolean }
      if (tangents.kind === 'diagonal' && !transposeA)
        return {
          kind: 'full',
          values: this.diagonalTimesMatrix(tangents.values, tensor.inputs[1]!, transposeB),
        }
    }
    const inputs = given((input) => lifted(this.fullTangents(input)))
    return { kind: 'full', values: liftedAs(tensor, inputs, this.count) }
  }

  /** Anything else, by its derivative, transposed, and that derivative's derivative. */
  private carryOther(tensor: Tensor, active: readonly number[]): void {
    const inputs = active.map((i) => tensor.inputs[i]!)
    const { symbols, here } = opened(tensor, active)
    const tangents = inputs.map((input) => f.input('tangent', input))
    const first = pushed(here, symbols, tangents)
    const operands = symbols.map((symbol, i) => [symbol, plain(inputs[i]!)] as const)
    const full = inputs.map((input) => this.fullTangents(input))
    const along = new Map([...operands, ...tangents.map((t, i) => [t, lifted(full[i]!)] as const)])
    const values = replay([first], along, this.count)(first)
    if (!values.lifted && f.uniformValue(values.tensor) === 0) return
    let laplacian: Tensor | undefined
    if (this.second) {
      const zero = (input: Tensor): Tensor => f.broadcastTo(f.constant(0), input.shape)
      const of = inputs.map((input) => this.laplacianOf(input))
      const linear = of.some(Boolean)
        ? replay(
            [first],
            new Map([...operands, ...tangents.map((t, i) => [t, plain(of[i] ?? zero(inputs[i]!))] as const)]),
          )(first).tensor
        : undefined
      const others = inputs.map((input) => f.input('tangent', input))
      const bent = pushed(first, symbols, others)
      const both = new Map([...along, ...others.map((t, i) => [t, lifted(this.mixed(full[i]!))] as const)])
      const { tensor: curved, lifted: varies } = replay([bent], both, this.count)(bent)
      const total = varies ? f.sum(curved, { axes: [0] }) : f.mul(curved, this.count)
      laplacian = sumOf([...(linear ? [linear] : []), ...(f.uniformValue(total) === 0 ? [] : [total])])
    }
    this.addRoot(tensor, {
      tangents: {
        kind: 'full',
        values: values.lifted ? values.tensor : f.broadcastTo(values.tensor, [this.count, ...tensor.shape]),
      },
      laplacian,
    })
  }

  /** Σ_jk G_jk T_j S_k of the tangents of two roots, of their shape. */
  private square(one: Tensor, other: Tensor): Tensor {
    const key = one.id < other.id ? `${one.id} ${other.id}` : `${other.id} ${one.id}`
    const known = this.squares.get(key)
    if (known) return known
    const [a, b] = [one, other].map((root) => this.roots.get(root)!.tangents) as [Tangents, Tangents]
    let made: Tensor
    if (a.kind === 'diagonal' && b.kind === 'diagonal')
      made = this.directions.alone(f.mul(f.mul(a.values, b.values), this.metricDiagonal(a.values)))
    else made = f.sum(f.mul(this.filled(a), this.mixed(this.filled(b))), { axes: [0] })
    this.squares.set(key, made)
    return made
  }

  /** G_jj, stretched. */
  private metricDiagonal(like: Tensor): Tensor {
    if (!this.metric) return f.broadcastTo(f.constant(1), like.shape)
    const identity = between(0, this.count).units(this.count)
    return f.broadcastTo(f.sum(f.mul(this.metric, identity), { axes: [0] }), like.shape)
  }

  /** Σ_k G_jk T_k. */
  private mixed(values: Tensor): Tensor {
    if (!this.metric) return values
    const [k, ...rest] = values.shape as [number, ...number[]]
    const size = rest.reduce((a, b) => a * b, 1)
    return f.reshape(f.matmul(this.metric, f.reshape(values, [k, size])), values.shape)
  }

  private total(tangents: readonly Tangents[]): Tangents {
    if (tangents.every(({ kind }) => kind === 'diagonal'))
      return { kind: 'diagonal', values: tangents.map(({ values }) => values).reduce((a, b) => f.add(a, b)) }
    return { kind: 'full', values: tangents.map((t) => this.filled(t)).reduce((a, b) => f.add(a, b)) }
  }

  private filled({ kind, values }: Tangents): Tensor {
    if (kind === 'full') return values
    const [rows, n] = values.shape as [number, number]
    const shape = [this.count, rows, n]
    const units = f.reshape(this.directions.units(n), [this.count, 1, n])
    return f.mul(f.broadcastTo(units, shape), f.broadcastTo(f.reshape(values, [1, rows, n]), shape))
  }

  /** Along unit vector j: column j of [B, n] times row j of the matrix. */
  private diagonalTimesMatrix(values: Tensor, matrix: Tensor, transposeB: boolean): Tensor {
    const rows = values.shape[0]!
    const w = this.directions.rows(transposeB ? f.transpose(matrix) : matrix)
    const shape = [this.count, rows, w.shape[1]!]
    const perDirection = f.broadcastTo(f.reshape(w, [this.count, 1, w.shape[1]!]), shape)
    if (f.uniformValue(values) === 1) return perDirection
    const columns = f.transpose(this.directions.columns(values))
    return f.mul(f.broadcastTo(f.reshape(columns, [this.count, rows, 1]), shape), perDirection)
  }
}

function scaled({ kind, values }: Tangents, slope: Tensor): Tangents {
  return { kind, values: f.mul(values, f.broadcastTo(slope, values.shape)) }
}

function sumOf(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length === 0 ? undefined : parts.reduce((a, b) => f.add(a, b))
}
