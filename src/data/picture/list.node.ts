import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import { ScorefieldError } from '../../base/index.ts'
import { readTable } from '../table/read.node.ts'
import { columnWords } from '../table/table.ts'

/** Endings of files that may be pictures. */
export const pictureEndings: readonly string[] = [
  ...['.png', '.jpg', '.jpeg', '.webp', '.avif', '.gif', '.tif', '.tiff', '.ppm', '.pgm'],
]

/** Endings of other things that are learned as wholes, by what they are. */
const otherKinds: Readonly<Record<string, readonly string[]>> = {
  sounds: ['.wav', '.mp3', '.flac', '.ogg', '.m4a', '.aac'],
  films: ['.mp4', '.mov', '.webm', '.mkv', '.avi'],
}

/** A file of a picture. */
export interface PictureFile {
  readonly path: string
  /** Its path within what was named, with /, by which it is called. */
  readonly name: string
  /** The folder that it lies in, below what was named; null where it lies there itself. */
  readonly label: string | null
}

/** The files of pictures that a source names. */
export interface PictureFiles {
  readonly files: readonly PictureFile[]
  /** Files that are no pictures by their ending. */
  readonly others: readonly string[]
}

/** Whether the name ends as those of pictures do. */
export function hasPictureEnding(path: string): boolean {
  return pictureEndings.includes(extname(path).toLowerCase())
}

/**
 * The pictures of a folder with all that is in it, of a pattern such as `photos/*.jpg`, or of one file; in the order of their names.
 * A folder in the folder named is a class, and its name the label of all pictures in it, however deep. Where the folder named holds
 * `labels.csv`, as `sample` writes it, that says instead which files are pictures (column `file`) and what their labels are (`label`).
 *
 * Throws `data/no-such-file`, `data/no-pictures`, `data/two-kinds` unless `onlyPictures`.
 */
export async function listPictures(
  source: string,
  { onlyPictures = false }: { readonly onlyPictures?: boolean } = {},
): Promise<PictureFiles> {
  const pattern = patternOf(source)
  const root = pattern ? dirname(source) : source
  const found = await stat(root).catch(() => undefined)
  if (!found)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/no-such-file',
      message: `There is no folder or file ${root}.`,
      where: root,
      hint: 'Check the path; a folder of pictures, a pattern such as "photos/*.jpg", an IDX file or a CSV of pixels can be named.',
    })
  const paths = found.isDirectory() ? await filesUnder(root) : [source]
  const names = pattern
    ? paths.filter((path) => dirname(path) === root && pattern.test(basename(path)))
    : paths
  const pictures: PictureFile[] = []
  const others: string[] = []
  for (const path of names.sort()) {
    const name = found.isDirectory() ? relative(root, path).split(sep).join('/') : basename(path)
    if (!hasPictureEnding(path)) others.push(name)
    else pictures.push({ path, name, label: name.includes('/') ? name.slice(0, name.indexOf('/')) : null })
  }
  const told = found.isDirectory() && !pattern ? await toldLabels(root) : undefined
  const files: PictureFile[] = []
  for (const file of pictures) {
    if (told && !told.has(file.name)) others.push(file.name)
    else files.push(told ? { ...file, label: told.get(file.name) ?? null } : file)
  }
  if (files.length === 0) throw noPictures(source, others)
  if (!onlyPictures) refuseTwoKinds(source, files.length, others)
  return { files, others }
}

/** The error of a source without any picture that can be read. */
export function noPictures(source: string, others: readonly string[]): ScorefieldError {
  const isRun = others.includes('run.json')
  const shown =
    others.length === 0 ? 'nothing' : `${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}`
  return new ScorefieldError({
    kind: 'data',
    code: 'data/no-pictures',
    message: `${source} holds no pictures; it holds ${shown}.`,
    where: source,
    hint: isRun
      ? 'It is the folder of a run: go on with it by --resume, or start from its weights by --from.'
      : `Pictures end in ${pictureEndings.join(', ')}. A table is named by its file, or by a pattern in quotes: "${join(source, '*.csv')}".`,
  })
}

/** Labels by the files' names, of a folder with a table of them. */
async function toldLabels(folder: string): Promise<ReadonlyMap<string, string | null> | undefined> {
  const path = join(folder, 'labels.csv')
  if (!(await stat(path).catch(() => undefined))) return undefined
  const { table } = await readTable({ source: path })
  const cells = (name: string): readonly (string | null)[] | undefined => {
    const column = table.columns.find((candidate) => candidate.name === name)
    return column && columnWords(column)
  }
  const [files, labels] = [cells('file'), cells('label')]
  // A table of something else says nothing of the pictures.
  if (!files) return undefined
  return new Map(files.flatMap((file, row) => (file === null ? [] : [[file, labels?.[row] ?? null]])))
}

function refuseTwoKinds(source: string, pictures: number, others: readonly string[]): void {
  for (const [kind, endings] of Object.entries(otherKinds)) {
    const found = others.filter((name) => endings.includes(extname(name).toLowerCase()))
    if (found.length === 0) continue
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/two-kinds',
      message: `${source} holds ${pictures} pictures and ${found.length} ${kind}, such as ${found[0]}: a model learns one kind.`,
      where: source,
      hint: 'Name the folder of one of them, or take the pictures alone by --kind pictures.',
    })
  }
}

/** All files below a folder, but hidden ones. A folder is read at once, whatever its size, and folders one after the other. */
async function filesUnder(folder: string): Promise<string[]> {
  const files: string[] = []
  const waiting = [folder]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const here = at
    const entries: Dirent[] = await readdir(here, { withFileTypes: true })
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const path = join(here, entry.name)
      const isLinked = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : undefined
      if (entry.isDirectory()) waiting.push(path)
      else if (entry.isFile() || isLinked?.isFile()) files.push(path)
    }
  }
  return files
}

/** What a name with * and ? in its last part stands for; undefined for a plain one. */
function patternOf(source: string): RegExp | undefined {
  const last = basename(source)
  if (!/[*?]/.test(last)) return undefined
  const parts = last.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${parts.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}
