import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { modelCard, type ReportData, type ReportSource, reportHtml } from '../../report/index.ts'
import { kindOf } from '../data/kinds.node.ts'
import { cannotWrite, replaceFile } from '../folder/durable.node.ts'
import type { ReportOptions, RunEvaluation } from '../judging/judge.ts'
import { judgeOf } from '../judging/judges.node.ts'
import type { OpenedModel } from './open-model.node.ts'
import { trainingOf } from './report-training.node.ts'

/** The files that `writeReport` writes into a run's folder. */
const fileNames = ['report.html', 'MODEL_CARD.md'] as const

/**
 * Writes report.html and MODEL_CARD.md into the run's folder; returns their names.
 *
 * Errors: those of reading the data again; `run/disk-full`, `run/not-writable`, `run/write-failed`; the signal's reason.
 */
export async function writeReport(opened: OpenedModel, options: ReportOptions): Promise<typeof fileNames> {
  const data = await reportDataOf(opened, options)
  options.signal?.throwIfAborted()
  const texts = { 'report.html': reportHtml(data), 'MODEL_CARD.md': modelCard(data) }
  for (const name of fileNames) {
    const path = join(opened.run.folder, name)
    await replaceFile(path, texts[name]).catch((error) => {
      throw cannotWrite(path, error)
    })
  }
  return fileNames
}

/** All that a report says of a run, gathered from its folder, its model and its data. */
export async function reportDataOf(opened: OpenedModel, options: ReportOptions): Promise<ReportData> {
  options.signal?.throwIfAborted()
  const { run } = opened
  const { evaluation } = options
  const shown = await judgeOf(opened).show(opened, options)
  return {
    run: {
      name: run.name,
      created: run.created,
      seed: run.config.seed,
      versions: run.versions,
      commandLine: run.commandLine,
      settings: settingsOf(run.config),
    },
    machine: {
      threads: availableParallelism(),
      processor: cpus()[0]?.model.trim() || 'unknown processor',
      memoryBytes: totalmem(),
    },
    source: sourceOf(opened),
    training: await trainingOf(opened),
    evaluation,
    ...laterFigures(evaluation),
    ...shown,
  }
}

/** Figures that evaluations of older releases lack. */
function laterFigures(
  evaluation: RunEvaluation & Pick<ReportData, 'privacy' | 'utility' | 'associations'>,
): Pick<ReportData, 'privacy' | 'utility' | 'associations'> {
  const { privacy, utility, associations } = evaluation
  return { ...(privacy && { privacy }), ...(utility && { utility }), ...(associations && { associations }) }
}

function sourceOf({ data, description, run }: OpenedModel): ReportSource {
  const { counts } = data
  const kind = kindOf(run.config.data)
  return {
    words: kind.words,
    name: kind.title(run.config.data),
    rows: counts?.all ?? null,
    trainingRows: counts?.training ?? null,
    validationRows: counts?.validation ?? null,
    testRows: counts?.test ?? null,
    columns: data.reportColumns(),
    notes: description.notes,
    sha256: run.fingerprint?.sha256,
  }
}

/** Path and value of every setting, a leaf each. */
function settingsOf(config: object, prefix = ''): (readonly [string, string])[] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return settingsOf(value, path)
    return [[path, Array.isArray(value) ? value.join(', ') : String(value)] as const]
  })
}
