import type { TrainingState } from '../../training/index.ts'

/** A state that its step says everything of, with values of all kinds. */
export function stateAt(step: number, size = 4): TrainingState {
  const values = (start: number): Float32Array =>
    Float32Array.from({ length: size }, (_, i) => Math.sin(start + i) * 10 ** (i % 9))
  const weights = (start: number): Record<string, Float32Array> => ({
    'in.weight': values(step + start),
    'a/b': values(step + start + 0.5),
    empty: new Float32Array(),
  })
  return {
    step,
    groups: { model: weights(1), ema: weights(2), first: weights(3), second: weights(4), none: {} },
    best: weights(5),
    bestLoss: 1 / (step + 3),
    bestStep: step - 1,
    evaluationsWithoutBest: step % 5,
  }
}
