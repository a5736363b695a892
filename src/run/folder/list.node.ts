import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Mark, marks, verdictOf } from '../../evaluation/index.ts'
import type { RunEvaluation } from '../judging/judge.ts'
import { latestHeader } from './checkpoint.node.ts'
import { codeOf } from './durable.node.ts'
import { readManifest } from './folder.node.ts'

/** A run in a line. */
export interface RunSummary {
  readonly folder: string
  readonly name: string
  /** ISO 8601, UTC. */
  readonly created: string
  /** What it was trained on. */
  readonly data: string
  /** Steps at the newest checkpoint, 0 before the first; and in all. */
  readonly step: number
  readonly steps: number
  /** Least held-out loss so far, and the step of the weights kept; null where nothing was measured. */
  readonly bestLoss: number | null
  readonly bestStep: number
  /** Area under the curve of telling its samples from real rows, as `evaluate` last found it; null before that. */
  readonly classifier: number | null
  /** Its 95 % interval. */
  readonly classifierInterval: readonly [low: number, high: number] | null
  /** How many aspects of its evaluation have which mark; null before that. */
  readonly marks: Readonly<Partial<Record<Mark, number>>> | null
  /** Why the rest could not be read. */
  readonly problem?: string
}

/** The runs in a folder, the newest first; none where the folder is missing. A run that cannot be read says why. */
export async function listRuns(parent: string): Promise<RunSummary[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch((error) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  const summaries: RunSummary[] = []
  for (const entry of entries) {
    const folder = join(parent, entry.name)
    if (entry.name.startsWith('.')) continue
    const present: string[] = await readdir(folder).catch(() => [])
    if (present.includes('run.json')) summaries.push(await summaryOf(folder))
  }
  return summaries.sort((a, b) => b.created.localeCompare(a.created) || a.name.localeCompare(b.name))
}

type Judged = Pick<RunSummary, 'classifier' | 'classifierInterval' | 'marks'>

const unjudged: Judged = { classifier: null, classifierInterval: null, marks: null }

/** What evaluation.json says in short; a run that was not evaluated, or by a release that wrote it otherwise, has nothing. */
async function judgedIn(folder: string): Promise<Judged> {
  const text = await readFile(join(folder, 'evaluation.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return unjudged
  try {
    const evaluation = JSON.parse(text) as RunEvaluation
    const figure = evaluation.samples?.figures.find(
      ({ name, column }) => name === 'classifier' && column === undefined,
    )
    const given = verdictOf(evaluation).facts.map(({ mark }) => mark)
    const counted = marks.map((mark) => [mark, given.filter((one) => one === mark).length] as const)
    return {
      classifier: figure?.value ?? null,
      classifierInterval: figure ? [figure.low, figure.high] : null,
      marks: Object.fromEntries(counted.filter(([, count]) => count > 0)),
    }
  } catch {
    return unjudged
  }
}

async function summaryOf(folder: string): Promise<RunSummary> {
  try {
    const { name, created, config } = await readManifest(folder)
    const newest = await latestHeader({ folder })
    return {
      folder,
      name,
      created,
      data: config.data.source ?? config.data.sql ?? '',
      step: newest?.step ?? 0,
      steps: config.training.steps,
      bestLoss: newest?.bestLoss ?? null,
      bestStep: newest?.bestStep ?? 0,
      ...(await judgedIn(folder)),
    }
  } catch (error) {
    const { message } = error as Error
    const unknown = {
      created: '',
      data: '',
      step: 0,
      steps: 0,
      bestLoss: null,
      bestStep: 0,
      ...unjudged,
    }
    return { folder, name: basename(folder), ...unknown, problem: message }
  }
}
