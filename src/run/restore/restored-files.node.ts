import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  bytesOf,
  type Column,
  fileColumn,
  filePicture,
  type LoadedPictures,
  takePictures,
  writeTable,
} from '../../data/node.ts'
import { encodePng } from '../../files/index.ts'
import { sheetPng } from '../data/pictures-output.node.ts'
import { replaceFile } from '../folder/durable.node.ts'
import type { Restoration } from './restore-pictures.ts'

/** Pictures that the sheet shows, and draws of each, at most. */
const [mostOnSheet, mostDraws] = [64, 4]

/** What was written. */
export interface WrittenRestoration {
  readonly files: number
  /** The largest deviation of a pixel, which is white in the maps; absent of one draw each. */
  readonly whitest?: number
}

/**
 * Writes restored pictures into a folder: NAME.png of one draw; of several NAME-draw-1.png …, NAME-mean.png and NAME-deviation.png, the map of where
 * they differ, whose white is the largest deviation of all. `labels.csv` names the restored pictures and what each was given as, so that the
 * folder is one of pictures; `sheet.png` shows them in rows: given, restored (or mean), difference, deviation, some draws.
 *
 * The difference is restored minus given: mid-grey where they are alike, brighter where the restored one is. shown: what was given, of the restored ones' size.
 */
export async function writeRestored(
  folder: string,
  restoration: Restoration,
  { names, shown }: { readonly names: readonly string[]; readonly shown: LoadedPictures },
): Promise<WrittenRestoration> {
  const { draws, mean, deviation, count } = restoration
  await mkdir(folder, { recursive: true })
  const maps = deviationMaps(restoration)
  const rows: { file: string; given: string }[] = []
  let files = 0
  const put = async (file: string, pictures: LoadedPictures, row: number): Promise<void> => {
    const { width, height, channels } = pictures
    await writeFile(
      join(folder, `${file}.png`),
      encodePng({ width, height, channels, bytes: filePicture(pictures, row) }),
    )
    files++
  }
  for (const [i, name] of names.entries()) {
    for (let k = 0; k < count; k++) {
      const file = count === 1 ? name : `${name}-draw-${k + 1}`
      await put(file, draws, i * count + k)
      rows.push({ file: `${file}.png`, given: name })
    }
    if (count === 1) continue
    await put(`${name}-mean`, mean, i)
    await put(`${name}-deviation`, maps, i)
  }
  const column = (name: string, values: readonly string[]): Column => ({
    ...{ kind: 'text', name, type: 'VARCHAR', values },
  })
  await writeTable(
    {
      rowCount: rows.length,
      source: folder,
      columns: [
        column(
          fileColumn,
          rows.map(({ file }) => file),
        ),
        column(
          'given',
          rows.map(({ given }) => given),
        ),
      ],
    },
    { path: join(folder, 'labels.csv') },
  )
  await replaceFile(join(folder, 'sheet.png'), restoredSheet(restoration, shown, maps))
  return count === 1 ? { files } : { files, whitest: deviation.reduce((a, b) => Math.max(a, b), 0) }
}

/** The sheet, a row a picture. */
function restoredSheet(
  { draws, mean, count }: Restoration,
  shown: LoadedPictures,
  maps: LoadedPictures,
): Uint8Array {
  const pictures = Math.min(mostOnSheet, mean.values.length / bytesOf(mean))
  const difference = differenceOf(mean, shown)
  const more = count === 1 ? 0 : Math.min(count, mostDraws)
  const columns = 3 + (count === 1 ? 0 : 1) + more
  const values: Uint8Array[] = []
  const add = (from: LoadedPictures, row: number): void => {
    const taken = takePictures(from, Int32Array.of(row)) as LoadedPictures
    values.push(widened(taken, mean))
  }
  for (let i = 0; i < pictures; i++) {
    for (const one of [shown, mean, difference]) add(one, i)
    if (count > 1) add(maps, i)
    for (let k = 0; k < more; k++) add(draws, i * count + k)
  }
  const size = bytesOf(mean)
  const all = new Uint8Array(values.length * size)
  for (const [at, own] of values.entries()) all.set(own, at * size)
  return sheetPng({ ...mean, values: all }, { columns })
}

/** Grey pictures with as many channels and levels as others have. */
function widened(pictures: LoadedPictures, like: LoadedPictures): Uint8Array {
  const { values, channels, levels } = pictures
  if (channels === like.channels && levels === like.levels) return values
  const scale = (like.levels - 1) / (levels - 1)
  return Uint8Array.from({ length: (values.length / channels) * like.channels }, (_, at) =>
    at % like.channels === 3
      ? like.levels - 1
      : Math.round(values[Math.floor(at / like.channels) * channels]! * scale),
  )
}

/** Maps of the deviations of draws: black is none, white the largest of all. */
function deviationMaps({ deviation, mean }: Restoration): LoadedPictures {
  const most = deviation.reduce((a, b) => Math.max(a, b), 0)
  const values = Uint8Array.from(deviation, (value) => (most === 0 ? 0 : Math.round((255 * value) / most)))
  return { ...mean, channels: 1, levels: 256, type: 'GREY8', values }
}

/** Restored minus given, on mid-grey; opaque throughout. */
function differenceOf(restored: LoadedPictures, given: LoadedPictures): LoadedPictures {
  const most = restored.levels - 1
  const values = restored.values.map((value, at) =>
    at % restored.channels === 3 ? most : Math.round((most + value - given.values[at]!) / 2),
  )
  return { ...restored, values }
}

/**
 * What was given, as the sheet shows it: of the restored ones' size, each pixel of a smaller one as a square, and mid-grey where nothing is known.
 */
export function shownGiven({ given, mean }: Restoration, known?: Float32Array | undefined): LoadedPictures {
  const { width, height, channels, levels } = mean
  const size = bytesOf(mean)
  const [across, down] = [width / given.width, height / given.height]
  const values = Uint8Array.from(mean.values, (_, at) => {
    const [picture, place] = [Math.floor(at / size), at % size]
    const [pixel, c] = [Math.floor(place / channels), place % channels]
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    if (known && known[c * width * height + pixel] === 0)
      return c === 3 ? levels - 1 : Math.round((levels - 1) / 2)
    const from = Math.floor(y / down) * given.width + Math.floor(x / across)
    return given.values[picture * bytesOf(given) + from * channels + c]!
  })
  return { ...mean, values }
}
