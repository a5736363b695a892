import * as f from '../../engine/index.ts'
import { type At, conditionTypes, type Model, pointAxes } from '../../family/index.ts'
import type { ChainPlan, ChainRule } from './chain.ts'

/** One transition of `rows` chains at once; outputs: the points, their sums by row and, of chains that accept, with what probability. */
export function chainSpec(
  model: Model,
  rule: ChainRule,
  plan: ChainPlan<string, string>,
  settings: Readonly<Record<string, number>>,
  rows: number,
): f.ProgramSpec {
  const points: f.TensorType = { shape: [rows, ...model.event], dtype: 'float32' }
  const numbers: f.TensorType = { shape: [rows], dtype: 'float32' }
  const coefficients = Object.keys(plan.at(0))
  return {
    name: `${rule.name} step`,
    state: {
      chain: {
        x: points,
        ...f.mapNamed(rule.memory, (of) => (of === 'point' ? points : numbers)),
      },
      given: conditionTypes(model.conditions, rows),
    },
    inputs: {
      z: points,
      ...(rule.accepts && { u: numbers }),
      ...Object.fromEntries(
        coefficients.map((name) => [`c.${name}`, { shape: [], dtype: 'float32' } as const]),
      ),
    },
    shared: model.parameters,
    step: ({ state, inputs, shared }) => {
      const { x, ...memory } = state['chain'] as { x: f.Tensor; [name: string]: f.Tensor }
      const under = (at: f.Tensor, sigma?: f.Tensor): At => ({
        x: at,
        ...(sigma && { sigma: f.broadcastTo(sigma, [rows]) }),
        conditions: model.conditions && state['given'],
      })
      const next = rule.step(
        {
          x,
          memory,
          c: Object.fromEntries(coefficients.map((name) => [name, inputs[`c.${name}`]!])),
          z: inputs['z']!,
          u: inputs['u'] ?? f.broadcastTo(f.constant(0), [rows]),
          score: (at, sigma) => model.can.score!(shared, under(at, sigma)),
          energyAndScore: (at) => {
            const variable = f.variable(at)
            const energy = model.can.energy!(shared, under(variable))
            return { energy, score: f.neg(f.grad(f.sum(energy), [variable])[0]!) }
          },
        },
        settings,
      )
      return {
        state: { chain: { x: next.x, ...next.memory } },
        outputs: {
          x: next.x,
          // The sum of a row is NaN or infinite where one of its values is.
          rowSums: f.sum(next.x, { axes: pointAxes(next.x) }),
          ...(next.acceptance && { acceptance: next.acceptance }),
        },
      }
    },
  }
}
