import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf, type LoadedPictures } from '../src/data/index.ts'
import { encodePng } from '../src/files/index.ts'
import { contactSheet } from '../src/report/index.ts'
import { type Restoration, shownGiven } from '../src/run/node.ts'

/** Pictures of a sheet, and draws of each, at most. */
const [rows, most] = [8, 4]

/** Writes a sheet, a row a picture: the truth, what was given, draws, their mean, and the map of where they differ, white where most of all. */
export function writeSheet(
  folder: string,
  name: string,
  restored: Restoration,
  { truth, known }: { readonly truth: Uint8Array; readonly known?: Float32Array | undefined },
): void {
  const { draws, mean, deviation, count } = restored
  const size = bytesOf(mean)
  const { channels } = mean
  const white = deviation.reduce((a, b) => Math.max(a, b), 0)
  const map = Uint8Array.from(mean.values, (_, at) =>
    at % channels === 3 ? 255 : Math.round((255 * deviation[Math.floor(at / channels)]!) / (white || 1)),
  )
  const own = (values: Uint8Array, row: number): Uint8Array => values.subarray(row * size, (row + 1) * size)
  const shown = shownGiven(restored, known).values
  const cells: Uint8Array[] = []
  for (let i = 0; i < Math.min(rows, mean.values.length / size); i++) {
    cells.push(own(truth, i), own(shown, i))
    for (let k = 0; k < Math.min(most, count); k++) cells.push(own(draws.values, i * count + k))
    cells.push(own(mean.values, i), own(map, i))
  }
  const values = new Uint8Array(cells.length * size)
  cells.forEach((cell, at) => void values.set(cell, at * size))
  const sheet: LoadedPictures = { ...mean, values }
  mkdirSync(folder, { recursive: true })
  const file = `${name.replaceAll(/[^\w.]+/g, '-')}.png`
  writeFileSync(join(folder, file), encodePng(contactSheet(sheet, { columns: 4 + Math.min(most, count) })))
}
