import { ScorefieldError } from '../../engine/index.ts'
import { verdictOf } from '../../evaluation/index.ts'
import type { EvaluateRunOptions, RunEvaluation } from '../judging/judge.ts'
import { judgeOf } from '../judging/judges.node.ts'
import { judgedRows } from './judged-rows.node.ts'
import type { OpenedModel } from './open-model.node.ts'

/**
 * Judges a run by rows that it never saw: its likelihood against that of baselines, its samples against real rows.
 *
 * against: other rows with the same columns; the run's own test rows unless given. Rejects with the signal's reason, where there
 * is one.
 */
export async function evaluateRun(
  opened: OpenedModel,
  options: EvaluateRunOptions = {},
): Promise<RunEvaluation> {
  options.signal?.throwIfAborted()
  const judged = await judgedRows(opened, options.against, options.onNote)
  try {
    const { heldOut, source, choseWeights } = judged
    if (heldOut.count < 2)
      throw new ScorefieldError({
        kind: 'data',
        code: 'evaluation/too-few-rows',
        message: `${source} has ${heldOut.count} complete rows to judge by; at least 2 are needed.`,
        where: source,
        hint: 'Give more rows by --against FILE.',
      })
    const found = {
      run: opened.run.name,
      weights: opened.weights,
      against: source,
      choseWeights,
      ...(await judgeOf(opened).judge(judged, opened, options)),
    }
    return { ...found, verdict: verdictOf(found) }
  } finally {
    await judged.dispose()
  }
}
