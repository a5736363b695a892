import * as f from '../engine/index.ts'
import { asInputs, conditionTypes, fromInputs, type Model, withDerived } from '../family/index.ts'
import type { LossGiven, Objective, ObjectiveFacts } from './objective.ts'

/** A batch with a weight for each example: of points and draws that are nodes of a quadrature, the loss is exact. */
export interface WeightedBatch {
  readonly data: ArrayLike<number>
  readonly draws?: f.Named<ArrayLike<number>>
  /** Of a model that takes conditions. */
  readonly conditions?: f.Named<ArrayLike<number>>
  /** Noise level and weight of each example, of an objective of each level. */
  readonly level?: { readonly sigma: ArrayLike<number>; readonly weight: ArrayLike<number> }
  readonly state?: f.Named<ArrayLike<number>>
  /** What each example counts; 1/B unless given. */
  readonly mass?: ArrayLike<number>
}

/** What comes of one batch. */
export interface LossFound {
  /** Σ mass · loss, by player, and its gradient, by player and parameter. */
  readonly losses: Record<string, number>
  readonly gradients: Record<string, Record<string, f.HostArray>>
  /** The sums of both over the players. */
  readonly loss: number
  readonly gradient: Record<string, f.HostArray>
  /** The loss of each example, of all players together. */
  readonly rows: f.HostArray
  readonly state: Record<string, f.HostArray>
  /** What the objective tells of the batch. */
  readonly tells: Record<string, number>
}

/** The loss of an objective as a function on the host, in float64 unless told. */
export interface HostLoss {
  (values: f.Named<ArrayLike<number>>, batch: WeightedBatch): Promise<LossFound>
  dispose(): Promise<void>
}

/** An objective's facts, with a Gaussian of the plane for all that is not told. */
export function factsOf(
  objective: Pick<Objective, 'settings'>,
  model: Model,
  told: { readonly batchSize: number } & Partial<Omit<ObjectiveFacts, 'model' | 'event'>>,
): ObjectiveFacts {
  const d = f.sizeOf(model.event)
  const identity = Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0))
  const defaults = Object.fromEntries(
    Object.entries(objective.settings).map(([name, setting]) => [name, setting.default]),
  )
  return {
    event: model.event,
    model,
    range: { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 },
    moments: () => ({ mean: new Float64Array(d), cholesky: identity }),
    ...told,
    settings: { ...defaults, ...told.settings },
  }
}

/** Compiles an objective's loss and gradient. */
export async function hostLoss(
  objective: Objective,
  facts: ObjectiveFacts,
  runtime: f.Runtime = f.referenceRuntime,
): Promise<HostLoss> {
  const { batchSize, event, model } = facts
  const ofExamples = (shape: f.Shape): f.TensorType => ({ shape: [batchSize, ...shape], dtype: 'float32' })
  const draws = Object.entries(objective.draws(facts))
  const state = objective.state?.(facts) ?? {}
  const leveled = objective.levels === 'each'
  const names = Object.keys(model.parameters)
  const program = await f.compile(
    {
      name: 'loss',
      shared: model.parameters,
      inputs: {
        data: ofExamples(event),
        mass: ofExamples([]),
        ...Object.fromEntries(draws.map(([name, { shape }]) => [`draw ${name}`, ofExamples(shape)])),
        ...Object.fromEntries(Object.entries(state).map(([name, type]) => [`state ${name}`, type])),
        ...(leveled ? { sigma: ofExamples([]), weight: ofExamples([]) } : {}),
        ...asInputs(conditionTypes(model.conditions, batchSize)),
      },
      step: ({ shared, inputs }) => {
        const under = (prefix: string): Record<string, f.Tensor> =>
          Object.fromEntries(
            Object.entries(inputs).flatMap(([name, tensor]) =>
              name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
            ),
          )
        const given: LossGiven = {
          ...facts,
          can: model.can as LossGiven['can'],
          values: shared,
          data: inputs['data']!,
          conditions: fromInputs(inputs, model.conditions),
          draws: under('draw '),
          state: under('state '),
          level: leveled ? { sigma: inputs['sigma']!, weight: inputs['weight']! } : undefined,
        }
        const { losses, state: next = {}, tells = {} } = objective.losses(given)
        const outputs: Record<string, f.Tensor> = {
          rows: Object.values(losses).reduce((sum, part) => f.add(sum, part)),
        }
        for (const [name, value] of Object.entries(next)) outputs[`next ${name}`] = value
        for (const [name, value] of Object.entries(tells)) outputs[`tell ${name}`] = value
        for (const [player, rows] of Object.entries(losses)) {
          const loss = f.sum(f.mul(rows, inputs['mass']!))
          outputs[`loss ${player}`] = loss
          const gradients = f.grad(
            loss,
            names.map((name) => shared[name]!),
          )
          names.forEach((name, i) => {
            outputs[`gradient ${player} ${name}`] = gradients[i]!
          })
        }
        return { outputs }
      },
    },
    { runtime },
  )
  const lossOf = async (values: f.Named<ArrayLike<number>>, batch: WeightedBatch): Promise<LossFound> => {
    program.setShared(values)
    const host = runtime === f.referenceRuntime ? Float64Array : Float32Array
    const given = {
      data: batch.data,
      mass: batch.mass ?? new Float64Array(batchSize).fill(1 / batchSize),
      ...batch.level,
      ...asInputs(batch.conditions),
      ...Object.fromEntries(draws.map(([name]) => [`draw ${name}`, batch.draws![name]!])),
      ...Object.fromEntries(Object.entries(batch.state ?? {}).map(([name, v]) => [`state ${name}`, v])),
    }
    const found = await program.run(
      Object.fromEntries(Object.entries(given).map(([name, values]) => [name, host.from(values)])),
    )
    const under = (prefix: string): Record<string, f.HostArray> =>
      Object.fromEntries(
        Object.entries(found).flatMap(([name, v]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), v]] : [],
        ),
      )
    const numbers = (prefix: string): Record<string, number> =>
      Object.fromEntries(Object.entries(under(prefix)).map(([name, v]) => [name, v[0]!]))
    const losses = numbers('loss ')
    const players = Object.keys(losses)
    const gradients = Object.fromEntries(players.map((player) => [player, under(`gradient ${player} `)]))
    const all = players.map((player) => gradients[player]!)
    return {
      ...{ losses, gradients, rows: found['rows']!, state: under('next '), tells: numbers('tell ') },
      loss: Object.values(losses).reduce((sum, value) => sum + value),
      gradient: Object.fromEntries(
        names.map((name) => [
          name,
          all[0]![name]!.map((_, i) => all.reduce((sum, of) => sum + of[name]![i]!, 0)),
        ]),
      ),
    }
  }
  return Object.assign(lossOf, { dispose: () => program.dispose() })
}

/** Loss, gradient and what the objective tells, of one batch of a model without noise levels. */
export async function evaluateLosses(options: {
  readonly objective: Objective
  readonly model: Model
  readonly values: f.Named<ArrayLike<number>>
  /** [B, d] */
  readonly data: ArrayLike<number>
  /** [B, …] each. */
  readonly draws?: f.Named<ArrayLike<number>>
  readonly settings?: Readonly<Record<string, number>>
  readonly sigmaData?: number
  readonly runtime?: f.Runtime | undefined
}): Promise<LossFound> {
  const { objective, values, data, draws = {}, settings = {}, sigmaData = 1, runtime } = options
  const model = withDerived(options.model)
  const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData }
  const batchSize = data.length / f.sizeOf(model.event)
  const lossOf = await hostLoss(objective, factsOf(objective, model, { batchSize, range, settings }), runtime)
  return lossOf(values, { data, draws }).finally(() => lossOf.dispose())
}
