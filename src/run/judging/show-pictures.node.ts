import { bytesOf, requireLoaded, type Table, takePictures, takeRows } from '../../data/index.ts'
import type { Runtime } from '../../engine/index.ts'
import { type Nearest, NearestSearch, vectorsOf } from '../../evaluation/index.ts'
import type { PictureSheets, Sheet } from '../../report/index.ts'
import { sheetPng } from '../data/pictures-output.node.ts'
import { judgedRows } from '../experiment/judged-rows.node.ts'
import type { OpenedModel } from '../experiment/open-model.node.ts'
import { drawnPictures } from './drawn-pictures.node.ts'
import { codesOf, type Features, openFeatures } from './features.node.ts'
import type { ReportOptions, ShownRows } from './judge.ts'

/** Pictures shown of a label, labels shown, and pictures shown where there are no labels. */
const ofLabel = 8
const mostLabels = 24
const ofAll = 32
/** Pictures drawn to have enough of each label, at most. */
const mostDrawn = 400
/** Synthetic pictures shown with their nearest training pictures, and how many of these. */
const nearestShown = 8
const neighbours = 3

/** Sheets of a run: synthetic pictures beside real ones, label by label, and the training pictures nearest to some. */
export async function showPictures(opened: OpenedModel, options: ReportOptions): Promise<ShownRows> {
  const { evaluation, against, signal } = options
  const encoding = opened.data.pictures!()
  const judged = await judgedRows(opened, against)
  try {
    const { training, heldOut } = judged
    const classes = encoding.labels?.names.length ?? 0
    const count = Math.min(mostDrawn, Math.max(ofAll, Math.ceil(1.5 * ofLabel * classes)))
    const synthetic = await drawnPictures(opened, count, options)
    const features =
      evaluation.pictures?.features &&
      (await openFeatures(opened, encoding, { training: training.table, test: heldOut.table, signal }))
    try {
      const nearest = await nearestSheet(synthetic, training.table, features, opened.fitted.runtime)
      const sheets: PictureSheets = {
        groups: groupsOf(synthetic, heldOut.table, encoding),
        nearest,
      }
      return { tables: noCells(judged.source), pictures: sheets }
    } finally {
      await features?.dispose()
    }
  } finally {
    await judged.dispose()
  }
}

/** Pictures have no cells to draw. */
function noCells(realAre: string): ShownRows['tables'] {
  const none: Table = { rowCount: 0, columns: [], source: '' }
  return { real: none, synthetic: none, realAre }
}

/** Synthetic and real pictures of each label; of all, where there are no labels. */
function groupsOf(
  synthetic: Table,
  real: Table,
  encoding: Parameters<typeof codesOf>[1],
): PictureSheets['groups'] {
  const [drawn, held] = [codesOf(synthetic, encoding), codesOf(real, encoding)]
  if (!encoding.labels || !drawn)
    return [
      { synthetic: sheetOf(synthetic, first(synthetic, ofAll)), real: sheetOf(real, first(real, ofAll)) },
    ]
  return encoding.labels.names.slice(0, mostLabels).map((label, code) => ({
    label,
    synthetic: sheetOf(synthetic, ofCode(drawn, code)),
    real: sheetOf(real, held ? ofCode(held, code) : first(real, ofLabel)),
  }))
}

function ofCode(codes: Int32Array, code: number): Int32Array {
  const rows = Int32Array.from(codes.keys())
  return rows.filter((row) => codes[row] === code).slice(0, ofLabel)
}

function first({ rowCount }: Table, most: number): Int32Array {
  return Int32Array.from({ length: Math.min(rowCount, most) }, (_, row) => row)
}

/** Pictures side by side; absent of none. */
function sheetOf({ pictures }: Table, rows: Int32Array): Sheet | undefined {
  if (rows.length === 0) return undefined
  return { png: sheetPng(takePictures(pictures![0]!, rows), { columns: ofLabel }), count: rows.length }
}

/**
 * The synthetic pictures that lie nearest to a training picture, a row each: the picture, the training pictures nearest to it by
 * features (where there are any) and by pixels.
 */
async function nearestSheet(
  synthetic: Table,
  training: Table,
  features: Features | undefined,
  runtime: Runtime | undefined,
): Promise<PictureSheets['nearest']> {
  const pixels = { width: bytesOf(synthetic.pictures![0]!), runtime }
  const byPixels = await nearestOf(vectorsOf(synthetic), vectorsOf(training), pixels)
  const rows = Int32Array.from(first(synthetic, synthetic.rowCount))
    .sort((a, b) => byPixels.apart[a * neighbours]! - byPixels.apart[b * neighbours]!)
    .slice(0, nearestShown)
  const shown = takeRows(synthetic, rows)
  const seen = features && {
    synthetic: (await features.see(shown)).features,
    training: (await features.see(training)).features,
    width: features.facts.width,
  }
  const byFeatures = seen && (await nearestOf(seen.synthetic, seen.training, { width: seen.width, runtime }))
  const all = requireLoaded(training.pictures![0]!)
  const own = requireLoaded(synthetic.pictures![0]!)
  const size = bytesOf(own)
  const cells: Uint8Array[] = []
  const take = (found: Nearest, row: number): void => {
    for (let k = 0; k < neighbours; k++) {
      const index = Math.max(0, found.index[row * neighbours + k]!)
      cells.push(all.values.subarray(index * size, (index + 1) * size))
    }
  }
  rows.forEach((row, place) => {
    cells.push(own.values.subarray(row * size, (row + 1) * size))
    if (byFeatures) take(byFeatures, place)
    take(byPixels, row)
  })
  const columns = 1 + (byFeatures ? 2 : 1) * neighbours
  const values = new Uint8Array(cells.length * size)
  cells.forEach((cell, i) => {
    values.set(cell, i * size)
  })
  return {
    ...{ png: sheetPng({ ...own, values }, { columns }), count: rows.length },
    neighbours,
    byFeatures: byFeatures !== undefined,
  }
}

async function nearestOf(
  of: Float32Array,
  among: Float32Array,
  given: { readonly width: number; readonly runtime: Runtime | undefined },
): Promise<Nearest> {
  const search = await NearestSearch.open({ of, most: neighbours, ...given })
  try {
    await search.pass(among, 0)
    return search.found()
  } finally {
    await search.dispose()
  }
}
