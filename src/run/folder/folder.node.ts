import type { Dirent } from 'node:fs'
import { mkdir, readdir, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { nearest, ScorefieldError } from '../../base/index.ts'
import { parseConfig } from '../config/config.ts'
import {
  cannotWrite,
  codeOf,
  prepareFolder,
  publishFolder,
  readJson,
  type WriteFile,
} from './durable.node.ts'
import { type Manifest, parseManifest, type RunDescription, runFiles } from './manifest.ts'

/** A run's folder, opened. */
export interface Run extends Manifest, RunDescription {
  /** Absolute path. */
  readonly folder: string
}

/**
 * Makes a run's folder, with run.json and data.json in it, all at once; parents are made, too.
 *
 * Errors: `run/exists` where there is a run already, `run/not-empty` where there are other files, `config/invalid`,
 * `run/not-writable`, `run/not-a-folder`, `run/disk-full`.
 */
export async function createRun(
  folder: string,
  description: RunDescription,
  options: { readonly write?: WriteFile } = {},
): Promise<Run> {
  const target = resolve(folder)
  const { data, ...rest } = description
  const config = parseConfig(description.config, 'run.json')
  const run = { name: config.name, created: new Date().toISOString(), ...rest, config }
  await createFolder(target, runFiles(run, data), options)
  return { folder: target, data, ...run }
}

/** Makes a run's folder of its files, by their paths in it, all at once. Errors: those of `createRun`. */
export async function createFolder(
  target: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  options: { readonly write?: WriteFile } = {},
): Promise<void> {
  await refuseOccupied(target)
  try {
    await mkdir(dirname(target), { recursive: true })
    const aside = await prepareFolder(target, files, options.write)
    // Not all systems rename onto an empty folder.
    await rmdir(target).catch(() => {})
    await publishFolder(aside, target)
  } catch (error) {
    // Somebody else was faster.
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') await refuseOccupied(target)
    throw cannotWrite(target, error)
  }
}

/**
 * Opens a run's folder to read it; `lockRun` is for those who write.
 *
 * Errors: `run/no-such-folder`, `run/not-a-run` which names what is missing, `run/newer-version`, `run/unreadable`,
 * `config/invalid`.
 */
export async function openRun(folder: string): Promise<Run> {
  const target = resolve(folder)
  if (!(await isFolder(target))) throw await noSuchFolder(folder, target)
  const present = await readdir(target)
  for (const needed of ['run.json', 'data.json'])
    if (!present.includes(needed))
      throw new ScorefieldError({
        kind: 'usage',
        code: 'run/not-a-run',
        message: `${folder} is not the folder of a run: it has no ${needed}.`,
        where: target,
        hint: 'Give the folder that scorefield train wrote; scorefield runs lists them.',
      })
  const manifest = await readManifest(target)
  return { ...manifest, folder: target, data: await readJson(join(target, 'data.json')) }
}

/** What run.json says. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'run.json')
  return parseManifest(await readJson(path), { path, where: folder, name: basename(folder) })
}

async function refuseOccupied(target: string): Promise<void> {
  const present = await readdir(target).catch((error): string[] => {
    if (codeOf(error) === 'ENOENT') return []
    throw cannotWrite(target, error)
  })
  if (present.includes('run.json'))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'run/exists',
      message: `${target} holds a run already.`,
      where: target,
      hint: 'Go on with it by --resume, or choose another folder with --out.',
    })
  if (present.length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'run/not-empty',
      message: `${target} is not empty: it holds ${present.slice(0, 3).join(', ')}${present.length > 3 ? ', …' : ''}.`,
      where: target,
      hint: 'Choose a new folder with --out.',
    })
}

async function noSuchFolder(asked: string, target: string): Promise<ScorefieldError> {
  const siblings = await readdir(dirname(target), { withFileTypes: true }).catch((): Dirent[] => [])
  const folders = siblings.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  const meant = nearest(basename(target), folders)
  const isFile = siblings.some(({ name }) => name === basename(target))
  return new ScorefieldError({
    kind: 'usage',
    code: 'run/no-such-folder',
    message: isFile ? `${asked} is a file, not the folder of a run.` : `There is no folder ${asked}.`,
    where: target,
    hint:
      meant === undefined || isFile
        ? 'scorefield runs lists the runs there are.'
        : `Did you mean ${join(dirname(asked), meant)}?`,
  })
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
