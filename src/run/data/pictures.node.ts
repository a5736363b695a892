import { existsSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import {
  contentChanges,
  isPictureSource,
  labelColumn,
  labelNamed,
  oneHot,
  type PictureColumn,
  PictureEncoding,
  type PictureWishes,
  pathPattern,
  pictureColumn,
  type ReadPictures,
  readPictures,
  type Table,
  tableHashes,
  takeRows,
} from '../../data/node.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { fingerprintOf } from '../folder/fingerprint.node.ts'
import { evenly } from './evenly.ts'
import type { DataAsked, DataKind, DescribedData, OpenedSplit, RunData } from './kind.ts'
import { type PicturesDescription, reportColumnsOfPictures } from './pictures-description.ts'
import { inspectPictures } from './pictures-inspection.node.ts'
import { writePictures } from './pictures-output.node.ts'
import { loadedRows, preparePictures, usualLabels } from './prepare-pictures.ts'
import { changedData, changedEncoding, splitAgain } from './split-of-data.ts'

/** Pictures of a run that are in memory at a time. */
const figureRows = 20_000

/** Pictures of a folder, of files by a pattern, of an IDX file, or of a table with a column a pixel. */
export const pictureData: DataKind = {
  name: 'pictures',
  summary:
    'pictures of a folder (its folders are labels), of an IDX file, or of a CSV of pixels (--kind pictures)',
  recognises: ({ source }) => source !== undefined && isPictureSource(source),
  isSplit: true,
  notCompared: {
    message: 'compare measures models of tables; these data are pictures.',
    hint: 'Train a run of each family (train --family NAME --out FOLDER) and evaluate each: the same pictures and seed give the same feature network, so their figures can be compared.',
  },
  words: { type: 'images', measured: 'pictures learned from', one: 'picture' },
  absolute: (source) =>
    existsSync(source) || isAbsolute(source) ? resolve(source) : join(pathPattern(process.cwd()), source),
  runName: ({ source = 'pictures' }) =>
    basename(source)
      .replace(/(-idx\d-u?byte)?(\.\w+)?(\.gz)?$/i, '')
      .replaceAll(/[*?[\]{}]+/g, '') || 'pictures',
  title: ({ source = '' }) => basename(source),
  // A folder or a pattern has no one file to take a sum of; the pictures' own description stands for it.
  fingerprint: async ({ source = '' }) =>
    statSync(source, { throwIfNoEntry: false })?.isFile() ? fingerprintOf(source) : undefined,
  read: async (asked, like) => {
    const read = await readAsked(asked, like)
    const { table, notes } = read
    try {
      const all = Int32Array.from({ length: table.rowCount }, (_, row) => row)
      return { table: await loadedRows(table, all), notes }
    } finally {
      await read.dispose()
    }
  },
  prepare: async ({ seed, like, split, ...asked }) => {
    const read = await readAsked(asked, like)
    const own = like?.description as PicturesDescription | undefined
    const prepared = await preparePictures(read.table, read.notes, {
      ...{ seed, split, readAs: readAs(read, like ? own?.readAs : asked.pictures) },
      like: own && PictureEncoding.fromJSON(own.encoding),
    }).catch(async (error) => {
      await read.dispose()
      throw error
    })
    return { ...prepared, dispose: read.dispose }
  },
  open: (description) => described(description as PicturesDescription),
  inspect: (asked) => inspectPictures(asked),
  write: writePictures,
}

/** Reads pictures, as a run's own were read, and with their levels, where one is given. */
async function readAsked(asked: DataAsked, like?: RunData): Promise<ReadPictures> {
  const { source, csv, kind } = asked
  if (source === undefined)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/data',
      message: 'No pictures are named.',
      hint: 'Give a folder, a pattern of files, an IDX file, or a CSV of pixels.',
    })
  const own = like?.description as PicturesDescription | undefined
  const wishes = own ? { ...asked.pictures, ...own.readAs } : asked.pictures
  const read = await readPictures(source, { ...wishes, csv, onlyPictures: kind !== undefined })
  return own ? { ...read, table: withLevels(read.table, own.encoding.levels) } : read
}

/** Files have 256 levels, of whatever the model learned: its samples, too, that were written as files. */
function withLevels(table: Table, levels: number): Table {
  const pictures = table.pictures?.map((column): PictureColumn => {
    const { values, levels: own } = column
    if (own === levels || !(values instanceof Uint8Array)) return column
    const scale = (levels - 1) / (own - 1)
    return { ...column, levels, values: values.map((value) => Math.round(value * scale)) }
  })
  return { ...table, ...(pictures ? { pictures } : {}) }
}

/** How pictures were read, with nothing left open: they are read so again, whatever is beside them by then. */
function readAs({ table }: ReadPictures, wishes: PictureWishes = {}): PictureWishes {
  const { width, height, channels } = table.pictures![0]!
  return {
    ...wishes,
    size: `${width}x${height}`,
    mode: ({ 1: 'grey', 3: 'colour', 4: 'transparent' } as const)[channels],
  }
}

function described(description: PicturesDescription): DescribedData {
  const encoding = (): PictureEncoding => PictureEncoding.fromJSON(description.encoding)
  const { labels } = description.encoding
  const { split, validationRows, testRows, trainingRows } = description
  return {
    columns: description.columns,
    counts: {
      all: description.rowCount,
      training: trainingRows,
      validation: validationRows,
      test: testRows,
      weightsBy: split.weightsBy,
    },
    says: { test: 'test pictures', all: 'the data, pictures learned from and held out' },
    encoding,
    pictures: encoding,
    conditions: labels && { [labelColumn]: [labels.names.length] },
    given: labels && {
      names: [labelColumn],
      encode: (texts) => {
        const text = texts[labelColumn]
        return { [labelColumn]: oneHot(labels, [text === undefined ? -1 : labelNamed(labels, text)]) }
      },
      usual: usualLabels(encoding()),
    },
    reportColumns: () => reportColumnsOfPictures(description),
    split: (asked) => openSplit(description, asked),
    requireSame: (now) => {
      const other = now as PicturesDescription
      if (other.kind !== description.kind) throw changedEncoding()
      const changes = contentChanges(description.contents, other.contents)
      if (changes) throw changedData(changes, other.source)
      const learned = ({ encoding: by, split: how, readAs: as }: PicturesDescription): string =>
        JSON.stringify({ by, how, flip: as.flip === true })
      if (learned(description) !== learned(other)) throw changedEncoding()
    },
    movedTo: (source) => ({ ...description, source }) as PicturesDescription,
  }
}

/** Reads the pictures of a run again; see `DescribedData.split`. */
async function openSplit(description: PicturesDescription, asked: DataAsked): Promise<OpenedSplit> {
  const read = await readAsked(asked, { description, asked })
  try {
    const { table } = read
    const names = [pictureColumn]
    const again = splitAgain(description, tableHashes(table, names), { names, source: table.source })
    const training = evenly(again.train, figureRows)
    const { validation, test } = again
    const wanted = Int32Array.from([...training, ...validation, ...test])
    const places = (from: number, count: number): Int32Array =>
      Int32Array.from({ length: count }, (_, i) => from + i)
    return {
      table: await loadedRows(table, wanted),
      training: places(0, training.length),
      validation: places(training.length, validation.length),
      test: places(training.length + validation.length, test.length),
      learned: (keep) => ({
        rowCount: again.train.length,
        async *read() {
          const block = 1024
          for (let from = 0; from < again.train.length; from += block) {
            const rows = await loadedRows(table, again.train.slice(from, from + block))
            yield takeRows(rows, keep(rows, places(0, rows.rowCount)))
          }
        },
      }),
      dispose: read.dispose,
    }
  } catch (error) {
    await read.dispose()
    throw error
  }
}
