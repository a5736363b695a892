import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ScorefieldError } from '../../base/index.ts'

/** Puts a file's content on the disk. */
export type WriteFile = (path: string, content: Uint8Array | string) => Promise<void>

/** Writes a file and waits until the disk has it. */
export const writeDurably: WriteFile = async (path, content) => {
  const file = await open(path, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Waits until the disk has a folder's list of names: a rename is not durable before. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(unlessUnsupported)
  try {
    await handle?.sync().catch(unlessUnsupported)
  } finally {
    await handle?.close()
  }
}

/** Some systems (Windows, some network disks) open or sync no folders; they order renames by themselves. */
function unlessUnsupported(error: unknown): undefined {
  if (['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(codeOf(error) ?? '')) return undefined
  throw error
}

const partialName = /^\..+\.partial-\w+$/

/** A fresh hidden name beside a path, on the same disk, so that a rename is one atomic act. */
function besides(path: string): string {
  return join(dirname(path), `.${basename(path)}.partial-${randomBytes(6).toString('hex')}`)
}

/** Writes files, by their paths, into a new hidden folder beside `target`, and returns its path; on failure nothing is left. */
export async function prepareFolder(
  target: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  write: WriteFile = writeDurably,
): Promise<string> {
  const aside = besides(target)
  try {
    await mkdir(aside)
    const folders = new Set([aside])
    for (const [path, content] of Object.entries(files)) {
      const target = join(aside, path)
      for (let folder = dirname(target); folder !== aside; folder = dirname(folder)) folders.add(folder)
      await mkdir(dirname(target), { recursive: true })
      await write(target, content)
    }
    for (const folder of folders) await syncFolder(folder)
    return aside
  } catch (error) {
    await rm(aside, { recursive: true, force: true }).catch(() => {})
    throw error
  }
}

/** Gives a prepared folder its name: before, nobody sees any of it; afterwards, everybody sees all of it. */
export async function publishFolder(aside: string, target: string): Promise<void> {
  try {
    await rename(aside, target)
  } catch (error) {
    await rm(aside, { recursive: true, force: true }).catch(() => {})
    throw error
  }
  await syncFolder(dirname(target))
}

/** Takes a folder's name away, then its files: a kill in between leaves nothing that looks like a whole one. */
export async function discardFolder(folder: string): Promise<void> {
  const aside = besides(folder)
  await rename(folder, aside)
  await rm(aside, { recursive: true, force: true })
}

/** Removes what killed writers left in a folder. Only its one writer may ask for it. */
export async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (partialName.test(name)) await rm(join(folder, name), { recursive: true, force: true })
}

/** Replaces a file at once. */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const aside = besides(path)
  try {
    await writeDurably(aside, content)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(dirname(path))
}

/** The JSON of a file; `run/unreadable` where it is none. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw cannotRead(path, error)
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw cannotRead(path, error)
  }
}

function cannotRead(path: string, error: unknown): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'run/unreadable',
    message: `${path} cannot be read: ${(error as Error).message}.`,
    where: path,
    hint: 'If you edited it, look for a missing comma, quote or brace.',
    cause: error,
  })
}

/** A failed write, told so that a person can act. `path`: what was to be written. */
export function cannotWrite(path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (error instanceof ScorefieldError || code === undefined) return error
  const failure = writeFailures.find(({ codes }) => codes.includes(code))
  return new ScorefieldError({
    kind: failure === undefined ? 'internal' : 'usage',
    code: failure?.code ?? 'run/write-failed',
    message: `${path} could not be written: ${failure?.reason ?? (error as Error).message}.`,
    where: path,
    hint: failure?.hint ?? 'What was written before is untouched.',
    cause: error,
  })
}

const writeFailures: readonly {
  readonly codes: readonly string[]
  readonly code: string
  readonly reason: string
  readonly hint: string
}[] = [
  {
    codes: ['ENOSPC', 'EDQUOT', 'EFBIG'],
    code: 'run/disk-full',
    reason: 'there is no space left',
    hint: 'Make room, then go on with --resume; the checkpoints written before are whole.',
  },
  {
    codes: ['EROFS', 'EACCES', 'EPERM'],
    code: 'run/not-writable',
    reason: 'writing there is not allowed',
    hint: 'Choose another folder with --out, or change its permissions.',
  },
  {
    codes: ['ENOTDIR', 'EEXIST', 'ENAMETOOLONG'],
    code: 'run/not-a-folder',
    reason: 'no folder can be made there (a part of the path is a file, or is too long)',
    hint: 'Choose another folder with --out.',
  },
]

/** The code of a failed system call, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}
