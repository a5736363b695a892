import * as f from '../engine/index.ts'
import { type Model, type Values, withDerived } from '../family/index.ts'
import type { Objective } from './objective.ts'

/** The mean loss of each player, the gradient of each by parameter, and what the objective tells, of one batch. */
export interface EvaluatedLosses {
  readonly losses: Readonly<Record<string, number>>
  /** By player and parameter; of one number each. */
  readonly gradients: Readonly<Record<string, Readonly<Record<string, ArrayLike<number>>>>>
  readonly tells: Readonly<Record<string, number>>
}

/** Evaluates an objective on one batch, in float64 by the interpreter unless a runtime is named. */
export async function evaluateLosses(options: {
  readonly objective: Objective
  readonly model: Model
  readonly values: f.Named<ArrayLike<number>>
  /** [B, d] */
  readonly data: f.HostArray
  /** [B, …] each. */
  readonly draws?: f.Named<f.HostArray>
  readonly settings?: Readonly<Record<string, number>>
  readonly sigmaData?: number
  readonly runtime?: f.Runtime | undefined
}): Promise<EvaluatedLosses> {
  const { objective, values, data, draws = {}, sigmaData = 1 } = options
  const model = withDerived(options.model)
  const batchSize = data.length / f.sizeOf(model.event)
  const defaults = Object.entries(objective.settings).map(([name, setting]) => [name, setting.default])
  const facts = {
    event: model.event,
    batchSize,
    model,
    range: { sigmaMin: 0.01, sigmaMax: 10, sigmaData },
    moments: () => {
      throw new Error('no moments here')
    },
    settings: { ...Object.fromEntries(defaults), ...options.settings },
  }
  const drawn = objective.draws(facts)
  const type = (shape: f.Shape): f.TensorType => ({ shape: [batchSize, ...shape], dtype: 'float32' })
  const program = await f.compile(
    {
      name: 'losses',
      shared: model.parameters,
      inputs: {
        data: type(model.event),
        ...Object.fromEntries(Object.entries(drawn).map(([name, { shape }]) => [name, type(shape)])),
      },
      step: ({ shared, inputs }) => {
        const { data: points, ...given } = inputs
        const { losses, tells = {} } = objective.losses({
          ...facts,
          can: model.can as Required<Model['can']>,
          values: shared,
          data: points!,
          draws: given,
          state: {},
        })
        const outputs: Record<string, f.Tensor> = {}
        for (const [name, value] of Object.entries(tells)) outputs[`tell/${name}`] = value
        for (const [player, loss] of Object.entries(losses)) {
          const mean = f.mean(loss)
          outputs[`loss/${player}`] = mean
          for (const [name, gradient] of gradientsOf(mean, shared))
            outputs[`gradient/${player}/${name}`] = gradient
        }
        return { outputs }
      },
    },
    { runtime: options.runtime ?? f.referenceRuntime, loop: false },
  )
  try {
    program.setShared(values)
    const found = await program.run({ data, ...draws })
    const under = (prefix: string): [string, f.HostArray][] =>
      Object.entries(found)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value])
    const numbers = (prefix: string): Record<string, number> =>
      Object.fromEntries(under(prefix).map(([name, value]) => [name, value[0]!]))
    const losses = numbers('loss/')
    return {
      losses,
      tells: numbers('tell/'),
      gradients: Object.fromEntries(
        Object.keys(losses).map((player) => [player, Object.fromEntries(under(`gradient/${player}/`))]),
      ),
    }
  } finally {
    await program.dispose()
  }
}

function gradientsOf(loss: f.Tensor, values: Values): [string, f.Tensor][] {
  const names = Object.keys(values)
  const gradients = f.grad(
    loss,
    names.map((name) => values[name]!),
  )
  return names.map((name, i) => [name, gradients[i]!])
}
