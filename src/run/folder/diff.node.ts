import { isRecord } from '../config/problems.ts'
import { latestHeader } from './checkpoint.node.ts'
import { openRun } from './folder.node.ts'

/** A setting, or a fact, in which two runs differ; null where one has none. */
export interface Difference {
  readonly path: string
  readonly first: string | null
  readonly second: string | null
}

/**
 * In what two runs differ: their settings by path, their columns and encoders, their best held-out losses.
 *
 * Errors: those of `openRun`.
 */
export async function diffRuns(first: string, second: string): Promise<Difference[]> {
  const [a, b] = [await factsOf(first), await factsOf(second)]
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((path) => {
    const [one, other] = [a.get(path) ?? null, b.get(path) ?? null]
    return one === other ? [] : [{ path, first: one, second: other }]
  })
}

async function factsOf(folder: string): Promise<Map<string, string>> {
  const run = await openRun(folder)
  const facts = new Map<string, string>()
  flatten(run.config, '', facts)
  const { encoding } = run.data as {
    encoding?: { columns?: readonly { name: string; encoder?: string; role: string }[] }
  }
  for (const { name, encoder, role } of encoding?.columns ?? []) facts.set(`column ${name}`, encoder ?? role)
  const newest = await latestHeader(run)
  facts.set('steps done', String(newest?.step ?? 0))
  if (newest?.bestLoss != null)
    facts.set('held-out loss', `${newest.bestLoss.toFixed(4)}, weights of step ${newest.bestStep}`)
  return facts
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (!isRecord(value)) {
    into.set(path, typeof value === 'string' ? value : JSON.stringify(value))
    return
  }
  for (const [key, part] of Object.entries(value)) flatten(part, path === '' ? key : `${path}.${key}`, into)
}
