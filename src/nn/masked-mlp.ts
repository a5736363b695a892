import * as f from '../engine/index.ts'
import { type ParameterSpec, startingAt, weight, zeros } from './parameter.ts'

/** What a masked network is made of. */
export interface MaskedMlpOptions {
  /** d, how many columns a row has. */
  readonly columns: number
  /** P, how many numbers come out of each column. */
  readonly outputs: number
  readonly width: number
  /** Hidden layers, at least 1. */
  readonly layers: number
  /** What the outputs of a column are at first, [P]; 0 unless given. */
  readonly start?: ArrayLike<number> | undefined
}

/** A network whose outputs for column i depend on the columns before i only. */
export interface MaskedMlp {
  readonly parameters: f.Named<ParameterSpec>
  /** The outputs for all columns at once: x [B, d] → [B, d, P]. */
  readonly apply: (parameters: f.Named<f.Tensor>, x: f.Tensor) => f.Tensor
  /**
   * Rows made column by column, [B, d]: `next` gets the outputs for a column, [B, P], which depend on the columns made
   * before, and gives that column, [B]. Each hidden unit is computed once, as soon as the columns that it sees are there:
   * all of it costs as many multiplications as one `apply`.
   */
  readonly unfold: (
    parameters: f.Named<f.Tensor>,
    rows: number,
    next: (outputs: f.Tensor, column: number) => f.Tensor,
  ) => f.Tensor
}

/**
 * Masked multilayer perceptron: MADE. Germain, Gregor, Murray, Larochelle 2015.
 *
 * Hidden unit j has a degree m(j) ∈ {0, …, d − 2} and sees the columns 0 … m(j): a weight from column i to unit j is
 * kept where i ≤ m(j), from unit j to unit k where m(j) ≤ m(k), and from unit j to the outputs of column i where m(j) < i.
 * h = SiLU(x W₀ + b₀), h ← SiLU(h W + b), outputs = h V + x U + c, with U strictly triangular (direct connections).
 * Degrees increase with j, so the units that see no more than the columns 0 … m are the first ones of their layer.
 */
export function maskedMlp(options: MaskedMlpOptions): MaskedMlp {
  const { columns, outputs, width, layers } = options
  // A single column depends on nothing: there is no hidden unit.
  const hidden = columns > 1 ? Array.from({ length: layers }, (_, l) => `layer${l}`) : []
  const degreeOf = (unit: number): number => Math.floor((unit * (columns - 1)) / width)
  /** How many units of a layer see no more than the columns 0 … degree. */
  const unitsUpTo = (degree: number): number =>
    Math.min(width, Math.ceil(((degree + 1) * width) / (columns - 1)))
  const columnOf = (output: number): number => Math.floor(output / outputs)

  const parameters: Record<string, ParameterSpec> = {}
  hidden.forEach((name, l) => {
    // About half of the weights are masked: √2 makes up for them.
    parameters[`${name}.weight`] = weight(l === 0 ? columns : width, width, Math.SQRT2)
    parameters[`${name}.bias`] = zeros([width])
  })
  if (columns > 1) {
    parameters['direct.weight'] = zeros([columns, columns * outputs])
    parameters['out.weight'] = zeros([width, columns * outputs])
  }
  parameters['out.bias'] = startingAt(
    [columns * outputs],
    Float64Array.from({ length: columns * outputs }, (_, i) => options.start?.[i % outputs] ?? 0),
  )

  const first = mask([columns, width], (from, to) => from <= degreeOf(to))
  const between = mask([width, width], (from, to) => degreeOf(from) <= degreeOf(to))
  const last = mask([width, columns * outputs], (from, to) => degreeOf(from) < columnOf(to))
  const direct = mask([columns, columns * outputs], (from, to) => from < columnOf(to))

  return {
    parameters,
    apply: (p, x) => {
      const rows = x.shape[0]!
      const bias = f.broadcastTo(p['out.bias']!, [rows, columns * outputs])
      if (columns === 1) return f.reshape(bias, [rows, columns, outputs])
      let h = x
      hidden.forEach((name, l) => {
        h = f.withLabel(name, () => {
          const product = f.matmul(h, masked(p[`${name}.weight`]!, l === 0 ? first : between))
          return f.silu(f.add(product, f.broadcastTo(p[`${name}.bias`]!, product.shape)))
        })
      })
      return f.withLabel('output', () => {
        const far = f.matmul(h, masked(p['out.weight']!, last))
        const near = f.matmul(x, masked(p['direct.weight']!, direct))
        return f.reshape(f.add(f.add(far, near), bias), [rows, columns, outputs])
      })
    },
    unfold: (p, rows, next) => {
      const made: f.Tensor[] = []
      /** Of each hidden layer, the units known so far. */
      const known: f.Tensor[][] = hidden.map(() => [])
      for (let column = 0; column < columns; column++) {
        const here = { from: column * outputs, to: (column + 1) * outputs }
        let result = f.broadcastTo(f.slice(p['out.bias']!, { axis: 0, start: here.from, end: here.to }), [
          rows,
          outputs,
        ])
        if (column > 0) {
          result = f.add(
            result,
            f.matmul(f.concat(made, { axis: 1 }), part(p['direct.weight']!, column, here)),
          )
          const sees = unitsUpTo(column - 1)
          result = f.add(
            result,
            f.matmul(f.concat(known.at(-1)!, { axis: 1 }), part(p['out.weight']!, sees, here)),
          )
        }
        made.push(f.reshape(next(result, column), [rows, 1]))
        if (column === columns - 1) break
        const fresh = { from: column === 0 ? 0 : unitsUpTo(column - 1), to: unitsUpTo(column) }
        if (fresh.from === fresh.to) continue
        hidden.forEach((name, l) => {
          const before = l === 0 ? made : known[l - 1]!
          const sees = l === 0 ? column + 1 : fresh.to
          const product = f.matmul(f.concat(before, { axis: 1 }), part(p[`${name}.weight`]!, sees, fresh))
          const bias = f.slice(p[`${name}.bias`]!, { axis: 0, start: fresh.from, end: fresh.to })
          known[l]!.push(f.silu(f.add(product, f.broadcastTo(bias, product.shape))))
        })
      }
      return f.concat(made, { axis: 1 })
    },
  }
}

/** 1 where a weight is kept and 0 elsewhere; nothing where all are kept. */
function mask(
  [inputs, outputs]: readonly [number, number],
  keeps: (from: number, to: number) => boolean,
): f.Tensor | undefined {
  const data = Float64Array.from({ length: inputs * outputs }, (_, i) =>
    keeps(Math.floor(i / outputs), i % outputs) ? 1 : 0,
  )
  return data.every((kept) => kept === 1) ? undefined : f.constant({ shape: [inputs, outputs], data })
}

function masked(weights: f.Tensor, kept: f.Tensor | undefined): f.Tensor {
  return kept ? f.mul(weights, kept) : weights
}

/** The first `rows` rows of some columns of a matrix. */
function part(matrix: f.Tensor, rows: number, { from, to }: { from: number; to: number }): f.Tensor {
  return f.slice(f.slice(matrix, { axis: 0, start: 0, end: rows }), { axis: 1, start: from, end: to })
}
