import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PictureStore } from './picture-column.ts'

/** Bytes of pictures that are held in memory; more lie in a file, decoded. */
export const mostBytesInMemory = 256e6

/** Rows whose reading is under way at a time. */
const readAtOnce = 64

/** Where decoded pictures are put, one by one, in any order. */
export interface PictureSink {
  readonly put: (place: number, bytes: Uint8Array) => Promise<void>
  /** The pictures at these places, in that order, with what tells them apart. */
  readonly finish: (places: Int32Array, sums: readonly string[]) => Promise<Uint8Array | PictureStore>
  /** Frees what lies on disk. */
  readonly dispose: () => Promise<void>
}

/** Room for so many pictures of so many bytes: in memory, or in a file of the system's temporary folder. */
export async function openSink(
  count: number,
  size: number,
  mostBytes: number = mostBytesInMemory,
): Promise<PictureSink> {
  return count * size <= mostBytes ? memorySink(count, size) : fileSink(size)
}

function memorySink(count: number, size: number): PictureSink {
  const values = new Uint8Array(count * size)
  return {
    put: async (place, bytes) => values.set(bytes, place * size),
    finish: async (places) => {
      // Those that are left move up over those that are not.
      places.forEach((place, row) => {
        if (place !== row) values.copyWithin(row * size, place * size, (place + 1) * size)
      })
      return places.length === count ? values : values.slice(0, places.length * size)
    },
    dispose: async () => {},
  }
}

async function fileSink(size: number): Promise<PictureSink> {
  const folder = await mkdtemp(join(tmpdir(), 'scorefield-pictures-'))
  const file: FileHandle = await open(join(folder, 'pictures'), 'w+')
  return {
    put: async (place, bytes) => {
      await file.write(bytes, 0, size, place * size)
    },
    finish: async (places, sums) => ({
      count: places.length,
      sums,
      read: async (rows) => {
        const bytes = new Uint8Array(rows.length * size)
        for (let from = 0; from < rows.length; from += readAtOnce)
          await Promise.all(
            Array.from(rows.subarray(from, from + readAtOnce), (row, i) =>
              file.read(bytes, (from + i) * size, size, places[row]! * size),
            ),
          )
        return bytes
      },
    }),
    dispose: async () => {
      await file.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
