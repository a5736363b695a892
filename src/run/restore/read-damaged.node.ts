import { ScorefieldError } from '../../base/index.ts'
import {
  fileColumn,
  isPictureSource,
  type LoadedPictures,
  loadPictures,
  type PictureShape,
  type PictureWishes,
  type PixelSize,
  readPictures,
  requireLoaded,
} from '../../data/node.ts'
import type { Mask } from './damage.ts'

/** Pictures that shall be restored. */
export interface DamagedPictures {
  readonly pictures: LoadedPictures
  /** What each is called, without its ending; no two alike. */
  readonly names: readonly string[]
  readonly notes: readonly string[]
}

const modes = { 1: 'grey', 3: 'colour', 4: 'transparent' } as const
/** A pixel that is at least so bright is white in a mask. */
const bright = 128

/**
 * Reads pictures of files, folders, patterns, IDX files or tables of pixels, all of the size that is needed.
 *
 * Throws `data/picture-size` where some have another, unless `fit` says how they come to it; `data/broken-pictures` unless they shall be skipped.
 */
export async function readDamaged(
  sources: readonly string[],
  { channels, ...size }: PictureShape,
  { fit, broken = 'refuse' }: Pick<PictureWishes, 'fit' | 'broken'> = {},
): Promise<DamagedPictures> {
  const [parts, names, notes]: [LoadedPictures[], string[], string[]] = [[], [], []]
  const wishes = { mode: modes[channels], broken, fit }
  for (const source of sources) {
    const read = await readPictures(source, { ...wishes, size: `${size.width}x${size.height}` })
    try {
      if (fit === undefined) await requireSizes(source, size, read.findings?.files)
      const { table } = read
      const all = Int32Array.from({ length: table.rowCount }, (_, row) => row)
      parts.push(await loadPictures(table.pictures![0]!, all))
      const files = table.columns.find(({ name }) => name === fileColumn)?.values as
        | readonly string[]
        | undefined
      names.push(...(files ?? Array.from(all, (row) => String(row).padStart(6, '0'))))
      notes.push(...read.notes)
    } finally {
      await read.dispose()
    }
  }
  return { pictures: joined(parts, channels), names: distinct(names.map(withoutEnding)), notes }
}

/**
 * Reads a mask: white is missing. All that has opacity is laid on white, as pictures are.
 * Throws what `readPictures` does.
 */
export async function readMask(path: string): Promise<Mask> {
  const read = await readPictures(path, { mode: 'grey', broken: 'refuse' })
  try {
    const [file] = read.findings?.files ?? []
    // As it is in its file: a mask that were resized would know pixels by halves.
    const again = file && (await readPictures(path, { mode: 'grey', size: `${file.width}x${file.height}` }))
    const pictures = requireLoaded(await loadPictures((again ?? read).table.pictures![0]!, Int32Array.of(0)))
    await again?.dispose()
    const { width, height, values } = pictures
    return { width, height, missing: values.map((value) => (value >= bright ? 1 : 0)) }
  } finally {
    await read.dispose()
  }
}

async function requireSizes(
  source: string,
  { width, height }: PixelSize,
  files: readonly (PixelSize & { readonly file: { readonly name: string } })[] | undefined,
): Promise<void> {
  const sizes = files ?? (isPictureSource(source) ? [] : [await naturalSize(source)])
  const others = sizes.filter((own) => own.width !== width || own.height !== height)
  if (others.length === 0) return
  const told = others
    .slice(0, 3)
    .map(({ file, width: across, height: down }) => `${file.name} (${across} × ${down})`)
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/picture-size',
    message: `${others.length === 1 ? '1 picture has' : `${others.length} pictures have`} another size than ${width} × ${height} pixels: ${told.join(', ')}${others.length > 3 ? ', …' : ''}.`,
    where: source,
    hint: `Bring them to ${width} × ${height}, or let them be resized: --fit crop, --fit pad.`,
  })
}

/** The size of the pictures of a table of pixels or an IDX file. */
async function naturalSize(
  source: string,
): Promise<PixelSize & { readonly file: { readonly name: string } }> {
  const read = await readPictures(source)
  const { width, height } = read.table.pictures![0]!
  await read.dispose()
  return { width, height, file: { name: source } }
}

function joined(parts: readonly LoadedPictures[], channels: number): LoadedPictures {
  const [first] = parts as readonly [LoadedPictures]
  const other = parts.find((part) => part.levels !== first.levels || part.channels !== channels)
  if (other || first.channels !== channels)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/picture-size',
      message: `The pictures are not all of ${first.levels} levels and ${channels} numbers a pixel.`,
      hint: 'Restore pictures of one kind at a time.',
    })
  const values = new Uint8Array(parts.reduce((sum, part) => sum + part.values.length, 0))
  let at = 0
  for (const part of parts) {
    values.set(part.values, at)
    at += part.values.length
  }
  return { ...first, values }
}

function withoutEnding(name: string): string {
  return name.replace(/\.\w+$/, '').replaceAll('/', '-')
}

/** Names of which no two are alike: a later one of the same name has a number behind it. */
function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return names.map((name) => {
    let own = name
    for (let k = 2; seen.has(own); k++) own = `${name}-${k}`
    seen.add(own)
    return own
  })
}
