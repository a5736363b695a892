import { rowOfCells, type Table } from '../../../data/node.ts'
import { guides, knownCoordinates } from '../../../sampling/index.ts'
import { withCells } from '../../library/given-cells.ts'
import { drawnTable } from '../drawn-table.node.ts'
import type { OpenedModel } from '../open-model.node.ts'
import { requirePossible, sampleWhere, type ToldModel } from '../sample-where.node.ts'
import type { AskedRows, GivenMethod } from './method.node.ts'

/** Particles in the limit of many of them are exact; it is the first of the guides. */
const guide = guides[0]!

/**
 * A model that knows nothing of conditions is guided to what is given, by several particles a row: near, and exact in the limit of many.
 * Wu et al. 2023 (TDS).
 */
export const particles: GivenMethod = {
  name: 'particles',
  summary: `the model is guided to the values by several particles a row (${guide.name}): near, not exact; some twelve times the work of a row`,
  source: guide.source,
  searches: false,
  cannot: ({ fitted, data, encoding }, { given, guidance }) => {
    if (data.given) return 'the run takes conditions that are no columns of its rows'
    if (guidance) return 'guidance needs a run that was trained with conditions (train --conditions)'
    if (given.length === 0) return 'no column is given one value'
    if (fitted.model.can.denoise === undefined || fitted.model.levels !== 'each')
      return `the family "${fitted.family}" has no denoiser of each noise level to guide`
    const hidden = given.find(({ name }) => encoding.columnRange(name) === undefined)
    return hidden && `'${hidden.name}' is not modelled`
  },
  why: () =>
    'the run was not trained with these columns given, and no row that is drawn has exactly one value of a continuous column',
  draw: async (opened, asked, drawing) => {
    const { where, condition } = asked
    if (condition !== undefined) await requirePossible(opened, { ...drawing, condition })
    const told = guidedTo(opened, asked)
    if (where !== undefined)
      return sampleWhere(opened, { ...drawing, condition: where, told, onSlip: undefined })
    return drawnTable(opened, told, drawing)
  },
}

/** The model guided to the cells that are given. */
function guidedTo({ encoding, fitted }: OpenedModel, { given, columns }: AskedRows): ToldModel {
  const row = rowOfCells(given, columns)
  const codes = encoding.encode(row, { partly: { gapsAreValues: true } })
  const known = Float32Array.from(codes, (value) => (Number.isNaN(value) ? 0 : 1))
  const observed = Float32Array.from(codes, (value) => (Number.isNaN(value) ? 0 : value))
  const cells = new Map(row.columns.map(({ name, values }) => [name, values[0]!]))
  return {
    dressed: (table: Table): Table => withCells(table, (_, name) => cells.get(name)),
    open: async ({ steps, grid }) => {
      const { denoiser, range, runtime } = fitted
      const operator = knownCoordinates(encoding.width)
      const sampler = await guide.open({ fitted: denoiser, range, operator, steps, grid, runtime })
      return {
        dimension: sampler.dimension,
        get secondsInside() {
          return sampler.secondsInside
        },
        async *draw(request) {
          for await (const event of sampler.draw({ ...request, observed, given: { known } })) {
            // What is observed is not drawn.
            if (event.type === 'samples')
              event.rows.forEach((_, i) => {
                const k = i % known.length
                if (known[k] === 1) event.rows[i] = observed[k]!
              })
            yield event
          }
        },
        dispose: () => sampler.dispose(),
      }
    },
  }
}
