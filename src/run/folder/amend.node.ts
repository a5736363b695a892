import { join } from 'node:path'
import { cannotWrite, replaceFile } from './durable.node.ts'
import type { Run } from './folder.node.ts'
import { lockRun } from './lock.node.ts'
import { runFiles } from './manifest.ts'

/**
 * Writes run.json anew, all at once: a kill at any moment leaves it as it was or as it shall be.
 *
 * Errors: `run/locked` where a training is under way, `run/not-writable`, `run/disk-full`.
 */
export async function amendRun(run: Run): Promise<void> {
  const { folder, data, ...manifest } = run
  const path = join(folder, 'run.json')
  const lock = await lockRun(run)
  try {
    await replaceFile(path, runFiles(manifest, data)['run.json'])
  } catch (error) {
    throw cannotWrite(path, error)
  } finally {
    await lock.release()
  }
}
