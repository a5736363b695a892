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
const version = 2

/** How much of what was learned is taken: these are tried, 0 is the uniform way. */
const strengths = [0, 0.25, 0.5, 1]
/** Training pictures that they are judged by. */
const judged = 16
/** Probes of the trace there, the same for each strength. */
const probes = 2
/** Where the state keeps what came out. */
const chosenGroup = 'strength'

/**
 * Places drawn from a q(u | v) that is learned for the model: see `cellPlaces` for q and `learnPlaces` for how. It begins as the uniform
 * one. Whatever it has learned, the bound holds.  Ho, Chen, Srinivas, Duan, Abbeel 2019.
 *
 * How much of it is taken, all, half, a quarter or nothing, is decided by the bound itself, of 16 training pictures by the flow or what else the
 * family has, with the same random numbers for all: so it is no worse than the uniform way but by chance.
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
    // Learned from and judged by: read once, and not at all where both are stored.
    let reading: ReturnType<DequantiserGiven['pictures']> | undefined
    const pictures: DequantiserGiven['pictures'] = () => (reading ??= given.pictures())
    const state = await learnPlaces(places, { ...given, pictures, steps, seed, store })
    const own: Model = { event: encoding.event, levels: 'one', parameters: places.parameters, can: {} }
    const program = await RowProgram.open({
      ...{ name: 'places in cells', model: own, values: state.groups['ema']!, runtime: fitted.runtime },
      beside: { w: encoding.event, strength: [] },
      compute: (values, { x }, { w, strength }) => ({
        ...places.apply(values, { middles: x, w: w!, strength: strength! }),
      }),
    })
    try {
      const kept = state.groups[chosenGroup]?.['taken']
      const taken = kept?.[0] ?? (await chosenStrength(program, { ...given, pictures }))
      if (!kept)
        await store?.save({
          ...state,
          groups: { ...state.groups, [chosenGroup]: { taken: Float32Array.of(taken) } },
        })
      return {
        taken,
        place: (table, options) => drawn(model, program, table, { ...options, strength: taken }),
        dispose: () => program.dispose(),
      }
    } catch (error) {
      await program.dispose()
      throw error
    }
  },
}

/** The strength of the least bound on some of the training pictures. */
async function chosenStrength(
  program: RowProgram,
  { model, pictures, seed = 0, signal }: DequantiserGiven,
): Promise<number> {
  const { table, rowIndices: all } = await pictures()
  const { fitted } = model
  const rowIndices = all.subarray(0, judged)
  const trace =
    fitted.tracePasses < fitted.dimension ? { kind: 'probes' as const, count: probes, seed } : undefined
  const bounds: number[] = []
  for (const strength of strengths) {
    const { x, logDensity } = await drawn(model, program, table, { rowIndices, seed, signal, strength })
    const found = await fitted.logDensity(x, { trace, seed, signal })
    bounds.push(logDensity.reduce((sum, value, i) => sum + value - found.logDensity[i]!, 0))
  }
  return strengths[bounds.indexOf(Math.min(...bounds))]!
}

async function drawn(
  { encoding }: DequantiserGiven['model'],
  program: RowProgram,
  table: Table,
  options: {
    readonly rowIndices: Int32Array
    readonly seed: number
    readonly signal?: AbortSignal | undefined
    readonly strength: number
  },
): Promise<Places> {
  const { rowIndices, seed, signal, strength } = options
  const { width, levels } = encoding
  const middles = encoding.encode(table, { rowIndices })
  const stream = new RandomStream({ seed, name: 'dequantise/places' })
  const { u, logDensity } = await program.run({
    ...{ x: middles, signal },
    beside: ({ start, count }) => ({
      w: stream.uniform({ first: start, count, width }),
      strength: new Float32Array(count).fill(strength),
    }),
  })
  return {
    x: middles.map((middle, i) => middle + ((u![i]! - 0.5) * 2) / levels!),
    logDensity: logDensity!,
  }
}
