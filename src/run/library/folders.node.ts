import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { listCheckpoints } from '../folder/checkpoint.node.ts'
import { createFolder, openRun } from '../folder/folder.node.ts'
import type { SavedFiles } from './saved-files.ts'

/** The files of a run's folder that make its model. Errors: those of `openRun`. */
export async function readFolder(folder: string): Promise<SavedFiles> {
  // Says what is wrong with a folder that is none of a run.
  const run = await openRun(folder)
  const paths = ['run.json', 'data.json']
  for (const checkpoint of await listCheckpoints(run))
    for (const name of await readdir(checkpoint.folder))
      paths.push(relative(run.folder, join(checkpoint.folder, name)).split(sep).join('/'))
  const contents = await Promise.all(
    paths.map(async (path) => [path, new Uint8Array(await readFile(join(run.folder, path)))] as const),
  )
  return Object.fromEntries(contents)
}

/**
 * Writes a model's files into a new folder, all at once: nobody sees half of it.
 * Errors: `run/exists`, `run/not-empty`, `run/not-writable`, `run/not-a-folder`, `run/disk-full`.
 */
export async function writeFolder(folder: string, files: SavedFiles): Promise<void> {
  await createFolder(resolve(folder), files)
}
