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
  /** c, how many numbers are known of a row besides, which all outputs may depend on; 0 unless given. */
  readonly conditionWidth?: number | undefined
  /** What the outputs of a column are at first, [P]; 0 unless given. */
  readonly start?: ArrayLike<number> | undefined
}

/** A network whose outputs for column i depend on the columns before i only, and on a condition, [B, c], where there is one. */
export interface MaskedMlp {
  readonly parameters: f.Named<ParameterSpec>
  /** The outputs for all columns at once: x [B, d] → [B, d, P]. */
  readonly apply: (parameters: f.Named<f.Tensor>, x: f.Tensor, condition?: f.Tensor) => f.Tensor
  /**
   * Rows made column by column, [B, d]: `next` gets the outputs for a column, [B, P], which depend on the columns made
   * before, and gives that column, [B]. Each hidden unit is computed once, as soon as the columns that it sees are there:
   * all of it costs as many multiplications as one `apply`.
   */
  readonly unfold: (
    parameters: f.Named<f.Tensor>,
    rows: number,
    next: (outputs: f.Tensor, column: number) => f.Tensor,
    condition?: f.Tensor,
  ) => f.Tensor
}

/**
 * Masked multilayer perceptron: MADE. Germain, Gregor, Murray, Larochelle 2015.
 *
 * Hidden unit j has a degree m(j) ∈ {0, …, d − 2} and sees the columns 0 … m(j): a weight from column i to unit j is
 * kept where i ≤ m(j), from unit j to unit k where m(j) ≤ m(k), and from unit j to the outputs of column i where m(j) < i.
 * h = SiLU(x W₀ + b₀), h ← SiLU(h W + b), outputs = h V + x U + c, with U strictly triangular (direct connections).
 * Degrees increase with j, so the units that see no more than the columns 0 … m are the first ones of their layer.
 *
 * A condition k is as a column before the first: degrees then begin at −1, those of units that see k only, and all see it:
 * h = SiLU(x W₀ + k W_k + b₀), outputs = h V + x U + k U_k + c.
 */
export function maskedMlp(options: MaskedMlpOptions): MaskedMlp {
  const { columns, outputs, width, layers, conditionWidth = 0 } = options
  const lead = conditionWidth > 0 ? 1 : 0
  const degrees = columns - 1 + lead
  // A single column without a condition depends on nothing: there is no hidden unit.
  const hidden = degrees > 0 ? Array.from({ length: layers }, (_, l) => `layer${l}`) : []
  const degreeOf = (unit: number): number => Math.floor((unit * degrees) / width) - lead
  /** How many units of a layer see no more than the condition and the columns 0 … degree. */
  const unitsUpTo = (degree: number): number =>
    degrees === 0 ? 0 : Math.min(width, Math.max(0, Math.ceil(((degree + 1 + lead) * width) / degrees)))
  const columnOf = (output: number): number => Math.floor(output / outputs)

  const parameters: Record<string, ParameterSpec> = {}
  hidden.forEach((name, l) => {
    // About half of the weights are masked: √2 makes up for them.
    parameters[`${name}.weight`] = weight(l === 0 ? columns : width, width, Math.SQRT2)
    parameters[`${name}.bias`] = zeros([width])
  })
  if (columns > 1) parameters['direct.weight'] = zeros([columns, columns * outputs])
  if (degrees > 0) parameters['out.weight'] = zeros([width, columns * outputs])
  if (lead > 0) {
    parameters['condition.weight'] = weight(conditionWidth, width)
    parameters['condition.direct.weight'] = zeros([conditionWidth, columns * outputs])
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
    apply: (p, x, condition) => {
      const rows = x.shape[0]!
      const bias = f.broadcastTo(p['out.bias']!, [rows, columns * outputs])
      if (degrees === 0) return f.reshape(bias, [rows, columns, outputs])
      let h = x
      hidden.forEach((name, l) => {
        h = f.withLabel(name, () => {
          const product = f.matmul(h, masked(p[`${name}.weight`]!, l === 0 ? first : between))
          const own = f.add(product, f.broadcastTo(p[`${name}.bias`]!, product.shape))
          return f.silu(condition && l === 0 ? f.add(own, f.matmul(condition, p['condition.weight']!)) : own)
        })
      })
      return f.withLabel('output', () => {
        const near = [
          ...(columns > 1 ? [f.matmul(x, masked(p['direct.weight']!, direct))] : []),
          ...(condition ? [f.matmul(condition, p['condition.direct.weight']!)] : []),
        ]
        const far = f.matmul(h, masked(p['out.weight']!, last))
        const all = [...near, bias].reduce((sum, part) => f.add(sum, part), far)
        return f.reshape(all, [rows, columns, outputs])
      })
    },
    unfold: (p, rows, next, condition) => {
      const made: f.Tensor[] = []
      /** Of each hidden layer, the units known so far. */
      const known: f.Tensor[][] = hidden.map(() => [])
      /** Adds the units that see the condition and all columns made so far, but do not come sooner. */
      const goOn = (): void => {
        const fresh = { from: unitsUpTo(made.length - 2), to: unitsUpTo(made.length - 1) }
        if (fresh.from === fresh.to) return
        hidden.forEach((name, l) => {
          const before = l === 0 ? made : known[l - 1]!
          const sees = l === 0 ? made.length : fresh.to
          const bias = f.slice(p[`${name}.bias`]!, { axis: 0, start: fresh.from, end: fresh.to })
          const terms = [f.broadcastTo(bias, [rows, fresh.to - fresh.from])]
          if (before.length > 0)
            terms.unshift(f.matmul(f.concat(before, { axis: 1 }), part(p[`${name}.weight`]!, sees, fresh)))
          if (condition && l === 0)
            terms.push(f.matmul(condition, part(p['condition.weight']!, conditionWidth, fresh)))
          known[l]!.push(f.silu(terms.reduce((sum, term) => f.add(sum, term))))
        })
      }
      for (let column = 0; column < columns; column++) {
        goOn()
        const here = { from: column * outputs, to: (column + 1) * outputs }
        const bias = f.slice(p['out.bias']!, { axis: 0, start: here.from, end: here.to })
        const terms = [f.broadcastTo(bias, [rows, outputs])]
        if (column > 0)
          terms.push(f.matmul(f.concat(made, { axis: 1 }), part(p['direct.weight']!, column, here)))
        if (condition)
          terms.push(f.matmul(condition, part(p['condition.direct.weight']!, conditionWidth, here)))
        const sees = unitsUpTo(column - 1)
        if (sees > 0)
          terms.push(f.matmul(f.concat(known.at(-1)!, { axis: 1 }), part(p['out.weight']!, sees, here)))
        const result = terms.reduce((sum, term) => f.add(sum, term))
        made.push(f.reshape(next(result, column), [rows, 1]))
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
