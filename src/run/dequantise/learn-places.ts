import { type Encoding, shuffledSource, type Table } from '../../data/index.ts'
import * as f from '../../engine/index.ts'
import { pointAxes, requireAbilities } from '../../family/index.ts'
import type { Objective } from '../../objective/index.ts'
import { type TrainingState, trainAuxiliary } from '../../training/index.ts'
import type { EncodedModel } from '../experiment/fitted-model.ts'
import type { CellPlaces } from './cell-places.ts'
import type { DequantiserGiven, PlacesStore } from './dequantisation.ts'

/** Pictures a step. */
const batchSize = 32

/** ∇ ln p of the density that bits are told of, at points [B, ...event], traced; a constant to every derivative. */
export type PointScore = (x: f.Tensor) => f.Tensor

/**
 * Learns q(u | v) by the gradient of the bound E_w[ln q(u | v) − ln p(v + u)], u = S(w; r(v)), by the parameters φ of r:
 *
 *   ∇_φ [ln q(u | v) − ⟨s, x⟩],   x the point of v + u, s = ∇ ln p(x) held fixed,
 *
 * so one evaluation of the score takes the place of a log-density, which would have to be differentiated. Of a denoiser s = (D(x; σ_min) −
 * x)/σ_min²: the score of pictures noised to σ_min, of which the flow tells the density. Of a family that has its own density or energy the
 * gradient is exact. Ho, Chen, Srinivas, Duan, Abbeel 2019 (variational dequantisation).
 *
 * The slope is that of the network, and a network that was hardly trained near σ_min tells a slope that its own density does not have. So
 * the caller decides by the density how much of what is learned is taken (`variational.ts`).
 *
 * What is stored goes on where it stopped, bit for bit. Errors: those of training; the signal's reason, when what was done is stored.
 */
export async function learnPlaces(
  places: CellPlaces,
  {
    model: { fitted, encoding },
    pictures,
    steps,
    seed = 0,
    signal,
    onProgress,
    store,
  }: Omit<DequantiserGiven, 'store' | 'steps'> & {
    readonly steps: number
    readonly store?: PlacesStore | undefined
  },
): Promise<TrainingState> {
  const kept = await store?.load()
  if (kept?.step === steps) return kept
  const { table, rowIndices } = await pictures()
  const { state } = await trainAuxiliary({
    model: { event: encoding.event, levels: 'one', parameters: places.parameters, can: {} },
    family: 'places in cells',
    objective: placesObjective(places, { score: scoreOf({ fitted, encoding }), levels: encoding.levels! }),
    config: { ...{ steps, seed, batchSize }, learningRate: 5e-3, stepsPerCall: 5 },
    mostWarmUpSteps: 20,
    data: middlesOf(encoding, table, rowIndices, seed),
    runtime: fitted.runtime,
    resume: kept,
    signal,
    onProgress,
  })
  await store?.save(state)
  signal?.throwIfAborted()
  return state
}

/** The score of a model, its weights built in as constants: of each noise level at σ_min, of no conditions. Throws `family/cannot`. */
export function scoreOf({ fitted, encoding }: EncodedModel): PointScore {
  const { range, values, family } = fitted
  const model = requireAbilities(fitted.model, ['score'], { family, asks: 'Variational dequantisation' })
  const none = fitted.noConditions
  return (x) => {
    const rows = x.shape[0]!
    const weights = f.mapNamed(model.parameters, ({ shape }, name) =>
      f.constant({ shape, data: values[name]! }),
    )
    const found = model.can.score(weights, {
      x: f.reshape(x, [rows, encoding.width]),
      ...(model.levels === 'each' && { sigma: f.broadcastTo(f.constant(range.sigmaMin), [rows]) }),
      ...(none && {
        conditions: f.mapNamed(none, (data, name) => {
          const shape = model.conditions![name]!
          return f.broadcastTo(f.constant({ shape: [1, ...shape], data }), [rows, ...shape])
        }),
      }),
    })
    return f.reshape(f.stopGradient(found), x.shape)
  }
}

/**
 * [ln q(u | v) − ⟨s, x − x_m⟩]/(d ln 2), x_m the middles of the cells: its gradient is that of the bound in bits a dimension, and its
 * value that of a straight line through ln p(x).
 */
export function placesObjective(
  places: CellPlaces,
  { score, levels }: { readonly score: PointScore; readonly levels: number },
): Objective {
  return {
    name: 'places in cells',
    summary: 'the divergence of places in the cells of bytes from those of a density',
    source: 'Ho, Chen, Srinivas, Duan, Abbeel 2019',
    needs: [],
    levels: 'one',
    settings: {},
    draws: ({ event }) => ({ w: { of: 'uniform', shape: event } }),
    // The line is another one at each step: values of two steps cannot be compared.
    heldOut: 'none',
    losses: ({ values, data, draws, event }) => {
      const { u, logDensity } = places.apply(values, { middles: data, w: draws['w']! })
      const moved = f.mul(f.sub(u, 0.5), 2 / levels)
      const slope = score(f.stopGradient(f.add(data, moved)))
      const gained = f.sum(f.mul(slope, moved), { axes: pointAxes(moved) })
      return { losses: { all: f.div(f.sub(logDensity, gained), f.sizeOf(event) * Math.LN2) } }
    },
  }
}

/** Pictures with every byte in the middle of its cell. */
function middlesOf(
  encoding: Encoding,
  table: Table,
  rowIndices: Int32Array,
  seed: number,
): ReturnType<typeof shuffledSource> {
  const middles = encoding.encode(table, { rowIndices })
  const { width } = encoding
  return shuffledSource({
    example: { event: encoding.event },
    count: rowIndices.length,
    seed,
    encode: (which, _, into) => into.points.set(middles.subarray(which * width, (which + 1) * width)),
  })
}
