import type * as f from '../engine/index.ts'
import { ScorefieldError } from '../engine/index.ts'
import { allFinite, type Diagnosis, diagnose } from './diagnose.ts'
import type { Learning } from './learning.ts'
import { chainsGroup } from './step.ts'
import type { TrainingProgram } from './training-program.ts'

/** A call of the training program that gave a loss or a gradient that is not finite. */
export interface FailedCall {
  readonly learning: Learning
  /** Back in the state before the call. */
  readonly program: TrainingProgram
  readonly inputs: Readonly<Record<string, f.HostArray>>
  readonly loss: f.HostArray
  readonly gradientNorm: f.HostArray
  /** Steps done before the call. */
  readonly step: number
  readonly batchSize: number
}

/** Finds the step, the layer, the noise level and the example at which a number stopped being finite. */
export async function explainNotFinite(call: FailedCall): Promise<ScorefieldError> {
  const { learning, program, inputs, loss, gradientNorm, batchSize } = call
  const lossOf = (k: number): f.HostArray => loss.subarray(k * batchSize, (k + 1) * batchSize)
  let good = 0
  while (allFinite(lossOf(good)) && Number.isFinite(gradientNorm[good]!)) good++
  const part = (from: number, to: number): Record<string, f.HostArray> =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, data]) => {
        const size = data.length / gradientNorm.length
        return [name, data.subarray(from * size, to * size)]
      }),
    )
  if (good > 0) await program.run(part(0, good), good)
  const { model: parameters, [chainsGroup]: kept } = await program.getState()
  const batch = part(good, good + 1)
  return notFiniteError({
    step: call.step + good + 1,
    first: (call.step + good) * batchSize,
    batchSize,
    examples: 'example',
    found:
      diagnose(learning, parameters!, batch, kept) ??
      fromLoss(lossOf(good), batch['sigma']) ??
      fromGradient(lossOf(good), batch['sigma']),
  })
}

/** What the loss alone tells, where the interpreter sees no overflow: it adds in float64. */
export function fromLoss(loss: ArrayLike<number>, sigma?: ArrayLike<number>): Diagnosis | undefined {
  const row = Array.from(loss).findIndex((value) => !Number.isFinite(value))
  return row < 0 ? undefined : { layer: 'loss', operation: 'sum', row, sigma: sigma?.[row] ?? Number.NaN }
}

/** Where only the gradient overflowed: the example with the largest loss is the likeliest cause. */
function fromGradient(loss: ArrayLike<number>, sigma?: ArrayLike<number>): Diagnosis {
  const row = Array.from(loss).reduce((largest, value, i) => (value > loss[largest]! ? i : largest), 0)
  return { layer: 'the gradient', operation: 'largest loss', row, sigma: sigma?.[row] ?? Number.NaN }
}

/**
 * Refuses a state that must not be written as a good one: what the last update left is in no loss yet.
 * @throws ScorefieldError `training/not-finite`.
 */
export function requireFiniteState(step: number, groups: f.Groups<ArrayLike<number>>): void {
  for (const [group, values] of Object.entries(groups))
    for (const [name, value] of Object.entries(values))
      if (!allFinite(value))
        throw new ScorefieldError({
          kind: 'internal',
          code: 'training/not-finite',
          message: `Training stopped after step ${step}: its update made ${group}/${name} infinite or NaN.`,
          where: `step ${step}`,
          hint,
        })
}

const hint =
  'The last checkpoint is good. Resume it with a lower learning rate, or look for extreme values in the data.'

/** The error that names what is known of the place. */
export function notFiniteError(place: {
  /** The step that failed, or after which something was measured. */
  readonly step: number
  /** The batch's first example. */
  readonly first: number
  readonly batchSize: number
  readonly examples: 'example' | 'held-out example'
  readonly found: Diagnosis
}): ScorefieldError {
  const { step, first, batchSize, examples, found } = place
  return new ScorefieldError({
    kind: 'internal',
    code: 'training/not-finite',
    message: `Training stopped at step ${step}: ${describe(found, (row) => `${examples} ${first + row}`)}.`,
    where: `step ${step}, ${examples}s ${first} to ${first + batchSize - 1}`,
    hint,
  })
}

function describe(found: Diagnosis, example: (row: number) => string): string {
  const { layer, operation, row, sigma } = found
  if (row < 0) return `${layer} is not finite`
  const level = Number.isNaN(sigma) ? '' : `noise level σ = ${sigma.toPrecision(4)}, `
  return `${layer} (${operation}) is not finite for ${level}${example(row)}`
}
