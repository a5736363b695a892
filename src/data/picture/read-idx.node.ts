import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ScorefieldError } from '../../base/index.ts'
import { parseIdx } from './idx.ts'
import { type Channels, type PictureColumn, typeOfPictures } from './picture-column.ts'
import { labelColumn, pictureColumn } from './picture-encoding.ts'
import type { PictureWishes } from './picture-wishes.ts'
import type { ReadPictures } from './reading.node.ts'
import { resized } from './resized.node.ts'

/** Whether a file is named as IDX files are: `train-images-idx3-ubyte`, also `….idx`, also with `.gz`. */
export function isIdxName(path: string): boolean {
  return /(-idx\d-u?byte|\.idx\d?-u?byte|\.idx)(\.gz)?$/i.test(path)
}

/**
 * Reads pictures of an IDX file of bytes, [n, h, w] or [n, h, w, c]. Their labels are in the file beside it whose name has `labels` in
 * the place of `images` and one dimension, `idx1`; without such a file they have none.
 *
 * Throws `data/no-such-file`, `data/idx`, `data/idx-labels`.
 */
export async function readPictureIdx(source: string, wishes: PictureWishes): Promise<ReadPictures> {
  const { shape, values } = parseIdx(await bytesOfFile(source), source)
  const [count = 0, height = 0, width = 0, channels = 1] = shape
  const isPictures = (shape.length === 3 || shape.length === 4) && [1, 3, 4].includes(channels)
  if (!isPictures || shape.some((side) => side < 1))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/idx',
      message: `${source} holds bytes of shape [${shape.join(', ')}]; pictures have [n, h, w] or [n, h, w, c] with 1, 3 or 4 channels.`,
      where: source,
      hint:
        shape.length === 1
          ? 'These are labels: name the file of the images.'
          : 'Name the file of the images.',
    })
  const column: PictureColumn = {
    ...{ kind: 'picture', name: pictureColumn, type: typeOfPictures(channels as Channels), levels: 256 },
    ...{ height, width, channels: channels as Channels, values },
  }
  const labels = await labelsBeside(source, count)
  const { picture, notes } = await resized(column, wishes)
  return {
    table: {
      rowCount: count,
      source,
      columns: labels ? [{ kind: 'text', name: labelColumn, type: 'UTINYINT', values: labels.cells }] : [],
      pictures: [picture],
    },
    notes: [...(labels ? [`The labels are those of ${basename(labels.path)}.`] : []), ...notes],
    dispose: async () => {},
  }
}

async function labelsBeside(
  source: string,
  count: number,
): Promise<{ readonly path: string; readonly cells: readonly string[] } | undefined> {
  const name = basename(source)
  const base = name.replace(/images?/i, 'labels').replace(/idx\d/i, 'idx1')
  if (base === name) return undefined
  const bare = base.replace(/\.gz$/i, '')
  for (const other of new Set([base, bare, `${bare}.gz`])) {
    const path = join(dirname(source), other)
    if (!(await stat(path).catch(() => undefined))) continue
    const { shape, values } = parseIdx(await bytesOfFile(path), path)
    if (shape.length === 1 && shape[0] === count) return { path, cells: Array.from(values, String) }
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/idx-labels',
      message: `${path} holds [${shape.join(', ')}] labels for the ${count} pictures of ${name}.`,
      where: path,
      hint: 'Take both files from one set, or rename the labels to learn without them.',
    })
  }
  return undefined
}

/** The bytes of a file, unpacked where it is gzipped, whatever its name. */
async function bytesOfFile(path: string): Promise<Uint8Array> {
  const bytes: Uint8Array = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const isMissing = cause.code === 'ENOENT'
    throw new ScorefieldError({
      kind: 'data',
      code: isMissing ? 'data/no-such-file' : 'data/unreadable',
      message: isMissing ? `There is no file ${path}.` : `${path} cannot be read: ${cause.message}.`,
      where: path,
      cause,
    })
  })
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  return promisify(gunzip)(bytes).catch((cause: Error) => {
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/idx',
      message: `${path} is gzipped and cannot be unpacked: ${cause.message}.`,
      where: path,
      hint: 'Get the file again, whole and unchanged.',
      cause,
    })
  })
}
