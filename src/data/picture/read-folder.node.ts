import { ScorefieldError } from '../../base/index.ts'
import type { Column } from '../table/table.ts'
import { decodePictures } from './decode.node.ts'
import { listPictures, noPictures, type PictureFiles } from './list.node.ts'
import { type PictureColumn, typeOfPictures } from './picture-column.ts'
import { fileColumn, labelColumn, pictureColumn } from './picture-encoding.ts'
import { type PictureWishes, sizeOfPictures, sizeTold, usualLargestMegapixels } from './picture-wishes.ts'
import { listed, type ReadPictures } from './reading.node.ts'
import { type BrokenPicture, type ScannedPicture, scanPictures } from './scan.node.ts'
import { sharpPackage } from './sharp.node.ts'

/**
 * Reads the files of pictures of a folder, of a pattern, or one; see `listPictures` for what each is labelled.
 *
 * Throws what `listPictures` does, `picture/sharp-missing`, `usage/size`, `data/broken-pictures` where they shall be refused.
 */
export async function readPictureFolder(
  source: string,
  wishes: PictureWishes & {
    readonly onlyPictures?: boolean | undefined
    readonly mostBytesInMemory?: number | undefined
  },
): Promise<ReadPictures> {
  const { fit = 'crop', mode, largestMegapixels = usualLargestMegapixels } = wishes
  const { onlyPictures = false, mostBytesInMemory } = wishes
  const told = wishes.size === undefined ? undefined : sizeTold(wishes.size)
  const files = await listPictures(source, { onlyPictures })
  const sharp = sharpPackage()
  const { scanned, broken } = await scanPictures(files.files, { sharp, largestMegapixels })
  refuseBroken(source, broken, wishes)
  if (scanned.length === 0) throw allBroken(source, broken, files)
  const size: { width: number; height: number; note?: string } = told ?? sizeOfPictures(scanned)
  const decoded = await decodePictures(scanned, {
    ...size,
    ...{ sharp, fit, mode, largestMegapixels, mostBytesInMemory },
  })
  const allTogether = [...broken, ...decoded.broken]
  try {
    refuseBroken(source, allTogether, wishes)
    if (decoded.taken.length === 0) throw allBroken(source, allTogether, files)
  } catch (error) {
    await decoded.dispose()
    throw error
  }
  const { taken, channels, values } = decoded
  const picture: PictureColumn = {
    ...{ kind: 'picture', name: pictureColumn, type: typeOfPictures(channels), levels: 256 },
    ...{ height: size.height, width: size.width, channels, values },
  }
  const labels = taken.map(({ file }) => file.label)
  const text = (name: string, cells: readonly (string | null)[]): Column => ({
    ...{ kind: 'text', name, type: 'VARCHAR', values: cells },
  })
  return {
    table: {
      rowCount: taken.length,
      source,
      columns: [
        ...(labels.some((label) => label !== null) ? [text(labelColumn, labels)] : []),
        text(
          fileColumn,
          taken.map(({ file }) => file.name),
        ),
      ],
      pictures: [picture],
    },
    notes: notesOf({ taken, broken: allTogether, files, size, fit, channels }),
    findings: { files: taken, broken: allTogether, others: files.others },
    dispose: decoded.dispose,
  }
}

/** What a person should know of how the files were read, one sentence each. */
function notesOf({
  taken,
  broken,
  files,
  size,
  fit,
  channels,
}: {
  readonly taken: readonly ScannedPicture[]
  readonly broken: readonly BrokenPicture[]
  readonly files: PictureFiles
  readonly size: { readonly width: number; readonly height: number; readonly note?: string }
  readonly fit: 'crop' | 'pad'
  readonly channels: number
}): string[] {
  const notes: string[] = []
  const those = (is: (picture: ScannedPicture) => boolean): ScannedPicture[] => taken.filter(is)
  const say = (found: readonly ScannedPicture[], one: string, several: string): void => {
    const names = listed(found.map(({ file }) => file.name))
    if (found.length > 0)
      notes.push(
        `${found.length === 1 ? `1 picture ${one}` : `${found.length} pictures ${several}`} (${names}).`,
      )
  }
  if (broken.length > 0)
    notes.push(
      `${broken.length === 1 ? '1 file is' : `${broken.length} files are`} left out: ${broken
        .slice(0, 3)
        .map(({ name, reason }) => `${name} ${reason}`)
        .join('; ')}${broken.length > 3 ? '; …' : ''}. To stop at such files: --broken refuse.`,
    )
  if (files.others.length > 0)
    notes.push(
      `${files.others.length === 1 ? '1 other file is' : `${files.others.length} other files are`} no picture and passed over (${listed(files.others)}).`,
    )
  if (size.note) notes.push(size.note)
  const { width, height } = size
  const reshaped = those((one) => one.width * height !== one.height * width)
  if (reshaped.length > 0)
    notes.push(
      fit === 'crop'
        ? `${reshaped.length} of ${taken.length} pictures have another shape: what stands out on both sides is cut away. To keep all of it: --fit pad.`
        : `${reshaped.length} of ${taken.length} pictures have another shape: what is missing on both sides is filled, transparent or black.`,
    )
  say(
    those(({ frames }) => frames > 1),
    'is animated: its first frame is taken, for films are not learned',
    'are animated: their first frames are taken, for films are not learned',
  )
  say(
    those(({ isDeep }) => isDeep),
    'has more than 8 bits a number, which are brought to 8',
    'have more than 8 bits a number, which are brought to 8',
  )
  say(
    those(({ isCmyk }) => isCmyk),
    'has the colours of print (CMYK), which are brought to those of screens (sRGB)',
    'have the colours of print (CMYK), which are brought to those of screens (sRGB)',
  )
  say(
    those(({ isTurned }) => isTurned),
    'is turned as its EXIF data say',
    'are turned as their EXIF data say',
  )
  say(
    those(
      ({ file, format }) => !endingsOf(format).some((ending) => file.name.toLowerCase().endsWith(ending)),
    ),
    'holds another format than its name says, and is read as what it holds',
    'hold another format than their names say, and are read as what they hold',
  )
  const modes = new Set(
    taken.map(({ mode, hasAlpha }) => `${mode}${hasAlpha && channels === 4 ? ' with transparency' : ''}`),
  )
  if (modes.size > 1)
    notes.push(
      `The files are ${[...modes].sort().join(', ')}; all are learned as ${{ 1: 'grey', 3: 'colour', 4: 'colour with transparency' }[channels]}.`,
    )
  return notes
}

/** Endings that go with what a file holds. */
function endingsOf(format: string): readonly string[] {
  const known: Readonly<Record<string, readonly string[]>> = {
    jpeg: ['.jpg', '.jpeg'],
    tiff: ['.tif', '.tiff'],
    heif: ['.avif'],
    ppm: ['.ppm', '.pgm'],
  }
  return known[format] ?? [`.${format}`]
}

function refuseBroken(
  source: string,
  broken: readonly BrokenPicture[],
  { broken: wish }: PictureWishes,
): void {
  if (wish !== 'refuse' || broken.length === 0) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/broken-pictures',
    message: `${broken.length === 1 ? '1 file' : `${broken.length} files`} of ${source} cannot be read: ${broken
      .slice(0, 3)
      .map(({ name, reason }) => `${name} ${reason}`)
      .join('; ')}${broken.length > 3 ? '; …' : ''}.`,
    where: source,
    hint: 'Mend or remove them, or leave them out by --broken skip.',
  })
}

function allBroken(
  source: string,
  broken: readonly BrokenPicture[],
  { others }: PictureFiles,
): ScorefieldError {
  const [first] = broken
  if (!first) return noPictures(source, others)
  return new ScorefieldError({
    kind: 'data',
    code: 'data/broken-pictures',
    message: `None of the ${broken.length} files of ${source} can be read: ${first.name} ${first.reason}${broken.length > 1 ? '; …' : ''}.`,
    where: source,
    hint: 'Check that they are pictures, whole and unchanged.',
  })
}
