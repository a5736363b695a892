import * as f from '../engine/index.ts'
import { asInputs, conditionTypes, fromInputs, type Model } from '../family/index.ts'
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
  /** Σ mass · loss of each player. */
  readonly loss: number
  /** Its gradient, by parameter. */
  readonly gradient: Record<string, f.HostArray>
  /** The loss of each example. */
  readonly rows: f.HostArray
  readonly state: Record<string, f.HostArray>
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
        const { losses, state: next } = objective.losses(given)
        const rows = Object.values(losses).reduce((sum, part) => f.add(sum, part))
        const loss = f.sum(f.mul(rows, inputs['mass']!))
        const gradients = f.grad(
          loss,
          names.map((name) => shared[name]!),
        )
        return {
          outputs: {
            loss,
            rows,
            ...Object.fromEntries(names.map((name, i) => [`gradient ${name}`, gradients[i]!])),
            ...Object.fromEntries(Object.entries(next ?? {}).map(([name, t]) => [`next ${name}`, t])),
          },
        }
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
    return {
      loss: found['loss']![0]!,
      rows: found['rows']!,
      gradient: under('gradient '),
      state: under('next '),
    }
  }
  return Object.assign(lossOf, { dispose: () => program.dispose() })
}
