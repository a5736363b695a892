import { statSync } from 'node:fs'
import type { CsvOptions } from '../table/csv/csv.node.ts'
import { formatOfName } from '../table/formats.ts'
import { hasPictureEnding } from './list.node.ts'
import type { PictureWishes } from './picture-wishes.ts'
import { readPictureFolder } from './read-folder.node.ts'
import { isIdxName, readPictureIdx } from './read-idx.node.ts'
import { readPicturePixels } from './read-pixels.node.ts'
import type { ReadPictures } from './reading.node.ts'

/** Whether a source is pictures by what it is: a folder, a file or a pattern that ends as pictures do, an IDX file. */
export function isPictureSource(source: string): boolean {
  if (hasPictureEnding(source) || isIdxName(source)) return true
  return statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/**
 * Reads pictures of a folder (its folders are classes), of files by a pattern, of an IDX file, or of a table with a column a pixel.
 * All come to one size and one mode, as a table with the column `picture`, `label` where there are labels, and `file` where each has
 * a file. To be disposed of after use: many pictures lie in a temporary file, decoded.
 *
 * Errors: those of `readPictureFolder`, `readPictureIdx` and `readPicturePixels`.
 */
export function readPictures(
  source: string,
  wishes: PictureWishes & {
    readonly csv?: CsvOptions | undefined
    readonly onlyPictures?: boolean | undefined
    /** Bytes of decoded pictures that are held in memory, 256 MB unless given; more lie in a temporary file. */
    readonly mostBytesInMemory?: number | undefined
  } = {},
): Promise<ReadPictures> {
  if (isIdxName(source)) return readPictureIdx(source, wishes)
  const isTable = formatOfName(source) !== undefined && !isPictureSource(source)
  return isTable ? readPicturePixels(source, wishes) : readPictureFolder(source, wishes)
}
