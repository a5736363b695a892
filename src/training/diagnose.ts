import type * as f from '../engine/index.ts'
import { interpret, topologicalOrder, traceProgram } from '../engine/index.ts'
import { batchInputs, batchLosses, type Learning } from './learning.ts'
import { chainsGroup } from './step.ts'

/** Where a number stopped being finite. */
export interface Diagnosis {
  /** Layer, as labelled while tracing: `block 1`; or `parameter NAME`. */
  readonly layer: string
  /** Operation within it. */
  readonly operation: string
  /** First row of the batch that is not finite there; −1 where a parameter is. */
  readonly row: number
  /** That row's noise level; NaN where a parameter is to blame, or examples carry none. */
  readonly sigma: number
}

/**
 * Finds the first tensor of the loss that is not finite, by running the batch through the reference interpreter with
 * every result rounded to float32, as the runtime does.
 * Undefined where that is finite: then the gradient overflowed, or a sum did that is added up in float32.
 */
export function diagnose(
  learning: Learning,
  parameters: f.Named<ArrayLike<number>>,
  batch: f.Named<ArrayLike<number>>,
  kept: f.Named<ArrayLike<number>> = {},
): Diagnosis | undefined {
  for (const [name, values] of Object.entries(parameters))
    if (!allFinite(values))
      return { layer: `parameter ${name}`, operation: 'update', row: -1, sigma: Number.NaN }
  const { objective, facts, players } = learning
  const { batchSize, model } = facts
  const groups: f.Groups<ArrayLike<number>> = { model: parameters, [chainsGroup]: kept }
  const traced = traceProgram({
    name: 'diagnosis',
    state: { model: model.parameters, [chainsGroup]: objective.state?.(facts) ?? {} },
    inputs: batchInputs(learning),
    step: ({ state, inputs }) => {
      const { losses } = batchLosses(learning, state['model']!, inputs, state[chainsGroup])
      return { outputs: Object.fromEntries(players.map(({ name }) => [name, losses[name]!])) }
    },
  })
  const given = new Map<f.Tensor, Float64Array>()
  for (const { name, tensor } of traced.state) {
    const slash = name.indexOf('/')
    given.set(tensor, Float64Array.from(groups[name.slice(0, slash)]![name.slice(slash + 1)]!))
  }
  for (const { name, tensor } of traced.inputs) given.set(tensor, Float64Array.from(batch[name]!))
  const order = topologicalOrder(traced.outputs.map(({ tensor }) => tensor))
  const values = interpret(order, given, Math.fround)
  for (const [i, tensor] of order.entries()) {
    const bad = values[i]!.findIndex((value) => !Number.isFinite(value))
    if (bad < 0) continue
    const perRow = Math.max(1, values[i]!.length / batchSize)
    const row = Math.floor(bad / perRow)
    return {
      layer: tensor.label || String(tensor.attributes['name'] ?? 'unnamed'),
      operation: tensor.operation.name,
      row,
      sigma: batch['sigma']?.[row] ?? Number.NaN,
    }
  }
  return undefined
}

/** Whether every value is finite. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false
  return true
}
