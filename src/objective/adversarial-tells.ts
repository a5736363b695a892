import * as f from '../engine/index.ts'
import type { Player, Watch } from './objective.ts'

/** The critic learns in every step, the generator in every so many. */
export function twoPlayers(criticSteps: number): readonly Player[] {
  return [
    { name: 'critic', prefix: 'critic/', everySteps: 1 },
    { name: 'generator', prefix: 'generator/', everySteps: criticSteps },
  ]
}

/** How many batches in a row must look bad before it is told: a single batch may by chance. */
const patienceSteps = 200

/**
 * How much of the data's spread the made rows have: the mean over columns of min(1, Var(made)/Var(data)) in this batch, in
 * [0, 1]. Of rows that are all alike it is 0. It sees a collapse onto one mode or a line, not one that keeps the variances.
 */
export function variety(made: f.Tensor, data: f.Tensor): f.Tensor {
  const rows = data.shape[0]!
  const variance = (points: f.Tensor): f.Tensor => {
    const flat = f.reshape(points, [rows, f.sizeOf(points.shape.slice(1))])
    const mean = f.broadcastTo(f.mean(flat, { axes: [0], keepDims: true }), flat.shape)
    return f.mean(f.square(f.sub(flat, mean)), { axes: [0] })
  }
  // A column that is constant in the batch asks for no spread.
  const least = 1e-12
  return f.mean(f.min(f.div(f.add(variance(made), least), f.add(variance(data), least)), 1))
}

/** Made rows that are nearly alike. */
export const watchVariety: Watch = {
  tell: 'variety',
  code: 'training/collapsed',
  steps: patienceSteps,
  isBad: (value) => value < 0.1,
  message: (value) =>
    `The generator makes nearly the same row whatever is drawn: its rows have ${percent(value)} of the data's variance.`,
}

/** How sure the critic is: the mean chance that it gives to the right answer, of data and made rows alike, [0, 1]. */
export function sureness(ofData: f.Tensor, ofMade: f.Tensor): f.Tensor {
  return f.mul(f.add(f.mean(f.sigmoid(ofData)), f.mean(f.sigmoid(f.neg(ofMade)))), 0.5)
}

/** A critic that is never wrong, from which the generator learns nothing more. */
export const watchSureness: Watch = {
  tell: 'sureness',
  code: 'training/critic-too-strong',
  steps: patienceSteps,
  isBad: (value) => value > 0.99,
  message: (value) =>
    `The critic tells made rows from real ones with a mean chance of ${percent(value)}: the generator is left behind.`,
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
