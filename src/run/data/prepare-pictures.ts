import { ScorefieldError } from '../../base/index.ts'
import {
  contentsOf,
  drawnLabels,
  labelCodes,
  labelColumn,
  labelsOf,
  loadPictures,
  oneHot,
  PictureEncoding,
  type PictureWishes,
  pictureColumn,
  pictureSource,
  splitRows,
  splitShares,
  type Table,
  tableHashes,
  takeRows,
  toldWishes,
} from '../../data/index.ts'
import type { Named } from '../../engine/index.ts'
import type { UsualConditions } from '../../sampling/index.ts'
import { measureMoments, measureScale } from '../../training/index.ts'
import { dataMoments } from './data-moments.ts'
import { evenly } from './evenly.ts'
import type { PreparedData, Wishes } from './kind.ts'
import type { PicturesDescription } from './pictures-description.ts'
import { splitNotes } from './split-of-data.ts'

/** Numbers that the scale is measured on, at most: some 3,000 small pictures. */
const measuredNumbers = 3e6
const mostMeasured = 5000

/**
 * Weight of the guidance to their label that pictures are drawn with. Of clothes learned in twenty minutes 1.5 halves how many are not what
 * their label says, and brings the Fréchet distance nearer to that of real pictures (docs/pictures-evaluation.md).
 */
const usualGuidance = 1.5

/** Two to learn from, and one to judge by. */
const fewestPictures = 3

/** Pictures made ready for training. */
export interface PreparedPictures extends PreparedData {
  readonly description: PicturesDescription
  readonly encoding: PictureEncoding
}

/**
 * Pictures made ready for training: split by their pixels, so that equal ones lie on one side whatever their labels, and encoded.
 *
 * like: an encoding whose labels hold for these pictures, too. Throws `data/too-few-rows`, `data/picture-size`, `data/all-rows-equal`.
 */
export async function preparePictures(
  table: Table,
  readNotes: readonly string[],
  wishes: Pick<Wishes, 'split'> & {
    readonly seed: number
    readonly readAs: PictureWishes
    readonly like?: PictureEncoding | undefined
  },
): Promise<PreparedPictures> {
  const { seed, readAs, like } = wishes
  const picture = table.pictures![0]!
  requireEnough(table)
  const names = [pictureColumn]
  const hashes = tableHashes(table, names)
  const shares = splitShares(table.rowCount, wishes.split)
  const splitSeed = wishes.split?.seed ?? seed
  const split = splitRows({ hashes: hashes.rows, seed: splitSeed, ...shares })
  const cells = labelCells(table)
  const ofTraining = cells && Array.from(split.train, (row) => cells[row]!)
  const labels = like ? like.labels : ofTraining && labelsOf(ofTraining)
  const encoding = new PictureEncoding({ ...picture, labels })
  const codes = labels && labelCodes(labels, cells ?? new Array(table.rowCount).fill(null))
  /** Pictures in memory and encoded once. */
  const encodeOnce = async (rows: Int32Array): Promise<Float32Array> => {
    const loaded = await loadPictures(picture, rows)
    return encoding.encode({ ...table, rowCount: rows.length, pictures: [loaded] }, { dequantiseSeed: seed })
  }
  const conditionsOf = (rows: Int32Array): Named<Float32Array> | undefined =>
    labels && codes
      ? {
          [labelColumn]: oneHot(
            labels,
            rows.map((row) => codes[row]!),
          ),
        }
      : undefined
  const choosing = { validation: split.validation, test: split.test, none: new Int32Array() }[
    shares.weightsBy
  ]
  const mostRows = Math.max(2, Math.min(mostMeasured, Math.floor(measuredNumbers / encoding.width)))
  const measured = await encodeOnce(evenly(split.train, mostRows))
  const scale = measureScale(measured, encoding.width)
  const notes = [...readNotes, ...splitNotes(split, shares), ...notesOf(encoding, readAs, codes)]
  return {
    description: {
      ...{ version: 1, kind: 'pictures', source: table.source },
      columns: [pictureColumn, ...table.columns.map(({ name }) => name)],
      rowCount: table.rowCount,
      trainingRows: split.train.length,
      validationRows: split.validation.length,
      testRows: split.test.length,
      split: { seed: splitSeed, ...shares, columns: names },
      contents: contentsOf(names, hashes),
      readAs,
      encoding: encoding.toJSON(),
      moments: dataMoments(measured, encoding.width),
      notes,
    },
    chosen: { split: shares, pictures: toldWishes(readAs) },
    encoding,
    moments: () => measureMoments(measured, encoding.width),
    source: pictureSource({
      ...{ encoding, pictures: picture, rowIndices: split.train, codes, seed },
      flip: readAs.flip === true,
    }),
    heldOut:
      choosing.length > 0
        ? { rows: await encodeOnce(choosing), conditions: conditionsOf(choosing) }
        : undefined,
    facts: {
      dimension: encoding.width,
      rows: split.train.length,
      heldOutRows: choosing.length,
      scale,
      seed,
    },
    guidance: encoding.labels && usualGuidance,
    notes,
  }
}

/** Labels of pictures that are drawn with none given, by their shares; undefined of an encoding without labels. */
export function usualLabels({ labels }: PictureEncoding): UsualConditions | undefined {
  return labels && ((range) => ({ [labelColumn]: oneHot(labels, drawnLabels(labels, range)) }))
}

/** Rows of pictures with their pictures in memory. */
export async function loadedRows(table: Table, rows: Int32Array): Promise<Table> {
  const { pictures = [], ...others } = table
  const taken = takeRows(others, rows)
  return { ...taken, pictures: await Promise.all(pictures.map((column) => loadPictures(column, rows))) }
}

function labelCells(table: Table): readonly (string | null)[] | undefined {
  const column = table.columns.find(({ name }) => name === labelColumn)
  return column?.kind === 'text' ? column.values : undefined
}

function notesOf(
  { labels }: PictureEncoding,
  { flip }: PictureWishes,
  codes: Int32Array | undefined,
): string[] {
  const notes: string[] = []
  if (labels && codes) {
    const { names } = labels
    const shown = names.length > 12 ? [...names.slice(0, 12), '…'] : names
    const without = codes.filter((code) => code < 0).length
    notes.push(
      `${names.length} labels: ${shown.join(', ')}; one picture in ten is learned without its label, so that the model draws with and without one.${without > 0 ? ` ${without} pictures have none.` : ''}`,
    )
  }
  if (flip)
    notes.push(
      'Every second picture is learned mirrored: samples and log-densities are those of pictures either way round.',
    )
  return notes
}

function requireEnough({ source, rowCount }: Table): void {
  if (rowCount >= fewestPictures) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/too-few-rows',
    message: `${source} has ${rowCount === 1 ? 'one picture' : `${rowCount} pictures`}; training needs at least ${fewestPictures}, two to learn from and one to judge by.`,
    where: source,
    hint: 'Learning becomes worthwhile from a few hundred pictures.',
  })
}
