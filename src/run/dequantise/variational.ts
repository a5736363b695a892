import { RandomStream } from '../../base/index.ts'
import type { Table } from '../../data/index.ts'
import type { Model } from '../../family/index.ts'
import { RowProgram } from '../../sampling/index.ts'
import { cellPlaces } from './cell-places.ts'
import type { Dequantisation, DequantiserGiven, Places } from './dequantisation.ts'
import { learnPlaces, scoreOf } from './learn-places.ts'

/** Steps of learning unless told. */
const usualSteps = 400
/** Of another version other places are learned. */
const version = 1

/**
 * Places drawn from a q(u | v) that is learned for the model: see `cellPlaces` for q and `learnPlaces` for how. It begins as the uniform
 * one. Whatever it has learned, the bound holds.  Ho, Chen, Srinivas, Duan, Abbeel 2019.
 */
export const variationalDequantisation: Dequantisation = {
  name: 'variational',
  summary: 'places that a small network learned to suit the model, given the picture; their density counts',
  source: 'Ho, Chen, Srinivas, Duan, Abbeel 2019',
  open: async (given) => {
    const { model, steps = usualSteps, seed = 0 } = given
    const { encoding, fitted } = model
    // Before any picture is read.
    scoreOf(model)
    const places = cellPlaces({ event: encoding.event, levels: encoding.levels! })
    const store = given.store?.({ kind: 'variational', version, steps, seed })
    const state = await learnPlaces(places, { ...given, steps, seed, store })
    const own: Model = { event: encoding.event, levels: 'one', parameters: places.parameters, can: {} }
    const program = await RowProgram.open({
      ...{ name: 'places in cells', model: own, values: state.groups['ema']!, runtime: fitted.runtime },
      beside: { w: encoding.event },
      compute: (values, { x }, { w }) => ({ ...places.apply(values, { middles: x, w: w! }) }),
    })
    return {
      place: (table, options) => drawn(model, program, table, options),
      dispose: () => program.dispose(),
    }
  },
}

async function drawn(
  { encoding }: DequantiserGiven['model'],
  program: RowProgram,
  table: Table,
  options: {
    readonly rowIndices: Int32Array
    readonly seed: number
    readonly signal?: AbortSignal | undefined
  },
): Promise<Places> {
  const { rowIndices, seed, signal } = options
  const { width, levels } = encoding
  const middles = encoding.encode(table, { rowIndices })
  const stream = new RandomStream({ seed, name: 'dequantise/places' })
  const { u, logDensity } = await program.run({
    ...{ x: middles, signal },
    beside: ({ start, count }) => ({ w: stream.uniform({ first: start, count, width }) }),
  })
  return {
    x: middles.map((middle, i) => middle + ((u![i]! - 0.5) * 2) / levels!),
    logDensity: logDensity!,
  }
}
