import { parameterCount } from '../../nn/index.ts'
import type { ReportTraining } from '../../report/index.ts'
import { readEvents } from '../folder/metrics.node.ts'
import type { OpenedModel } from './open-model.node.ts'

/** What metrics.jsonl holds of the training; of a log that is gone, nothing but the weights. */
export async function trainingOf({ run, weights, fitted }: OpenedModel): Promise<ReportTraining> {
  const events = await readEvents(run)
  const of = (type: string): Record<string, unknown>[] => events.filter((event) => event.type === type)
  const steps = of('step')
  const evaluations = of('evaluation').filter((event) => typeof event['heldOutLoss'] === 'number')
  const numbers = (from: readonly Record<string, unknown>[], key: string): number[] =>
    from.map((event) => event[key] as number)
  const byNoiseLevel = of('evaluation').at(-1)?.['lossByNoiseLevel'] as ReportTraining['byNoiseLevel']
  const ends = of('done')
  const seconds = ends.reduce((sum, event) => sum + (event['secondsElapsed'] as number), 0)
  const last = ends.at(-1)
  return {
    loss: { step: numbers(steps, 'step'), loss: numbers(steps, 'loss') },
    heldOut: {
      step: numbers(evaluations, 'step'),
      loss: numbers(evaluations, 'heldOutLoss'),
      standardError: evaluations.map((event) => event['heldOutStandardError'] as number | null),
    },
    ...(byNoiseLevel && { byNoiseLevel }),
    steps: (last?.['step'] as number | undefined) ?? numbers(steps, 'step').at(-1) ?? weights.step,
    ...(last && { reason: String(last['reason']), seconds }),
    ...(run.from && { startedFrom: run.from.name }),
    parameters: parameterCount(fitted.model.parameters),
    weights,
  }
}
