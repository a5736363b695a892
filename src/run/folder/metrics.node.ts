import { appendFileSync, statSync } from 'node:fs'
import { appendFile, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { ScorefieldError } from '../../base/index.ts'
import { cannotWrite, codeOf, replaceFile } from './durable.node.ts'

/** An event as the log keeps it. */
export interface LoggedEvent {
  readonly type: string
  readonly [key: string]: unknown
}

const pathOf = ({ folder }: { readonly folder: string }): string => join(folder, 'metrics.jsonl')

/**
 * Adds one event to a run's metrics.jsonl, as one line of JSON; a training state in it is left out.
 *
 * Where the line cannot be written in full, none of it stays. Errors: `run/disk-full`, `run/not-writable`, `run/write-failed`.
 *
 * The line is written at once, not by Node's other threads: while those of the runtime wait for their next step, each hand-over
 * to them and back takes some milliseconds, the writing itself some microseconds.
 */
export async function appendEvent(
  run: { readonly folder: string },
  event: { readonly type: string },
): Promise<void> {
  const path = pathOf(run)
  const line = `${JSON.stringify(event, (key, value) => (key === 'state' ? undefined : value))}\n`
  let before: number | undefined
  try {
    before = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    appendFileSync(path, line)
  } catch (error) {
    if (before !== undefined) await truncate(path, before).catch(() => {})
    throw cannotWrite(path, error)
  }
}

/**
 * A run's events, in order; a last line that is cut short counts as not written.
 *
 * Errors: `run/unreadable` with the number of a line that is no event.
 */
export async function readEvents(run: { readonly folder: string }): Promise<LoggedEvent[]> {
  const path = pathOf(run)
  const lines = (await content(path)).split('\n')
  const torn = eventOf(lines.at(-1)!) === undefined
  return (torn ? lines.slice(0, -1) : lines).map((line, i) => {
    const event = eventOf(line)
    if (event !== undefined) return event
    throw new ScorefieldError({
      kind: 'data',
      code: 'run/unreadable',
      message: `Line ${i + 1} of ${path} is no event.`,
      where: `${path}:${i + 1}`,
      hint: 'Remove that line; no other file depends on it.',
    })
  })
}

/** Makes the log end with a whole line again, after its writer was killed. Only the one who writes may ask for it. */
export async function repairEvents(run: { readonly folder: string }): Promise<void> {
  const path = pathOf(run)
  const text = await readFile(path).catch(unlessMissing)
  if (text === undefined || text.length === 0 || text.at(-1) === newline) return
  const kept = text.lastIndexOf(newline) + 1
  if (eventOf(text.subarray(kept).toString('utf8')) !== undefined) await appendFile(path, '\n')
  else await truncate(path, kept)
}

/** Forgets the events after a step, so that a run that goes on from a checkpoint tells each step once. */
export async function rewindEvents(run: { readonly folder: string }, step: number): Promise<void> {
  const kept = (await readEvents(run)).filter(({ step: at }) => typeof at !== 'number' || at <= step)
  const path = pathOf(run)
  await replaceFile(path, kept.map((event) => `${JSON.stringify(event)}\n`).join('')).catch((error) => {
    throw cannotWrite(path, error)
  })
}

const newline = 0x0a

async function content(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(unlessMissing)) ?? ''
}

function unlessMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined
  throw error
}

function eventOf(line: string): LoggedEvent | undefined {
  try {
    const event: unknown = JSON.parse(line)
    return typeof (event as LoggedEvent | null)?.type === 'string' ? (event as LoggedEvent) : undefined
  } catch {
    return undefined
  }
}
