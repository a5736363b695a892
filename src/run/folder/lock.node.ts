import { randomBytes } from 'node:crypto'
import { readFileSync, unlinkSync } from 'node:fs'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ScorefieldError } from '../../base/index.ts'
import { cannotWrite, codeOf } from './durable.node.ts'
import { repairEvents } from './metrics.node.ts'

/** Who holds a run, as its lock file says. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When the process began, in the system's own count; null where the system does not tell. */
  readonly processStart: string | null
  readonly since: string
  /** Tells this lock from every other. */
  readonly token: string
}

/** The right to write into a run's folder. */
export interface RunLock {
  /** Gives the right back; also happens when the process ends. */
  readonly release: () => Promise<void>
}

/** A lock file without content is one being written, unless it is older than this. */
const writingMilliseconds = 2000

/** Locks that this process holds or is about to take: path by token. */
const held = new Map<string, string>()

/**
 * Takes the right to write into a run's folder, and puts its log in order if the last writer was killed.
 *
 * The lock of a process that is no more is taken over.
 * Errors: `run/locked` where a training is under way, `run/not-writable`, `run/disk-full`.
 */
export async function lockRun(run: { readonly folder: string }): Promise<RunLock> {
  const path = join(run.folder, 'lock')
  const token = randomBytes(8).toString('hex')
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    processStart: processStart(process.pid),
    since: new Date().toISOString(),
    token,
  }
  const release = async (): Promise<void> => {
    if (held.delete(token)) removeIfMine(path, token)
  }
  remember(path, token)
  try {
    while (!(await tryToTake(path, mine))) await removeStale(path)
    await repairEvents(run)
  } catch (error) {
    await release()
    throw cannotWrite(run.folder, error)
  }
  return { release }
}

/** Makes the lock file, whole from its first moment on; false where there is one. */
async function tryToTake(path: string, holder: Holder): Promise<boolean> {
  const text = `${JSON.stringify(holder)}\n`
  const aside = `${path}.${holder.token}`
  try {
    await writeFile(aside, text)
    try {
      await link(aside, path)
    } catch (error) {
      // A disk without links: then the file is made in one step, and written in the next.
      if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error
      await writeFile(path, text, { flag: 'wx' })
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw cannotWrite(path, error)
  } finally {
    await rm(aside, { force: true }).catch(() => {})
  }
}

/** Removes a lock whose process is no more; throws `run/locked` where it is at work. */
async function removeStale(path: string): Promise<void> {
  const found = await readLock(path)
  if (found === undefined) return
  if (found.holder === undefined ? found.beingWritten : isAtWork(found.holder))
    throw locked(path, found.holder)
  // Two may see the same stale lock: what is taken away must still be that one.
  const aside = `${path}.${randomBytes(8).toString('hex')}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw cannotWrite(path, error)
  }
  const taken = await readFile(aside, 'utf8')
  if (taken !== found.text) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

async function readLock(
  path: string,
): Promise<{ text: string; holder: Holder | undefined; beingWritten: boolean } | undefined> {
  try {
    const text = await readFile(path, 'utf8')
    const age = Date.now() - (await stat(path)).mtimeMs
    return { text, holder: holderOf(text), beingWritten: age < writingMilliseconds }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw cannotWrite(path, error)
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Holder
    return Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

function isAtWork({ pid, host, processStart: start, token }: Holder): boolean {
  // What runs on another machine cannot be seen from here.
  if (host !== hostname()) return true
  if (pid === process.pid) return held.has(token)
  return isAlive(pid) && (start === null || start === processStart(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** When a process began, in ticks since the system did: numbers of processes are used again, this pair is not. */
function processStart(pid: number): string | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the second, the name, stands in parentheses and may hold spaces.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function locked(path: string, holder: Holder | undefined): ScorefieldError {
  const who = holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host}, since ${holder.since})`
  return new ScorefieldError({
    kind: 'usage',
    code: 'run/locked',
    message: `Another training writes into this run${who}.`,
    where: path,
    hint: `Wait for it, or choose another folder with --out. If it is gone for sure, remove ${path}.`,
  })
}

function remember(path: string, token: string): void {
  if (held.size === 0 && !process.listeners('exit').includes(releaseAll)) process.on('exit', releaseAll)
  held.set(token, path)
}

function releaseAll(): void {
  for (const [token, path] of held) removeIfMine(path, token)
  held.clear()
}

/** Synchronous, since a process that ends waits for nothing. */
function removeIfMine(path: string, token: string): void {
  try {
    if (holderOf(readFileSync(path, 'utf8'))?.token === token) unlinkSync(path)
  } catch {
    // The lock or its folder is gone already.
  }
}
