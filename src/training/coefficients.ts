import { byName } from '../base/by-name.ts'
import { ScorefieldError } from '../engine/index.ts'
import { averageRate, type TrainingConfig } from './config.ts'
import type { Optimiser, OptimiserOptions } from './optimiser.ts'
import { optimisers } from './optimisers.ts'
import { type Schedule, schedules } from './schedule.ts'

/** Names of a step's scalars: the optimiser's coefficients, the share of the average, the clipping norm. */
export function coefficientNames(optimiser: Optimiser): string[] {
  return [...optimiser.coefficients, 'averageRate', 'clipNorm']
}

/** All numbers of a run that depend on the step only, computed in float64 on the host. */
export class Coefficients {
  readonly optimiser: Optimiser
  private readonly config: TrainingConfig
  readonly options: OptimiserOptions
  private readonly schedule: Schedule

  /** @throws ScorefieldError `usage/unknown-name`, `training/unknown-option`. */
  constructor(config: TrainingConfig) {
    this.config = config
    this.optimiser = byName(optimisers, config.optimiser, 'optimiser')
    this.options = knownOptions(this.optimiser, config.optimiserOptions)
    this.schedule = byName(schedules, config.schedule, 'schedule')
  }

  /** Learning rate of step t = 1, 2, … */
  learningRate(step: number): number {
    const { learningRate, steps, warmUpSteps } = this.config
    return learningRate * this.schedule.factor(step, steps, warmUpSteps)
  }

  /** Coefficients of the `count` steps that follow after `done` steps, [count, names], for the training program. */
  following(done: number, count: number): Float32Array {
    const names = coefficientNames(this.optimiser)
    const values = new Float32Array(count * names.length)
    for (let k = 0; k < count; k++) {
      const named = this.at(done + k + 1)
      names.forEach((name, i) => {
        values[k * names.length + i] = named[name]!
      })
    }
    return values
  }

  private at(step: number): Readonly<Record<string, number>> {
    const { emaHalfLifeSteps, clipNorm } = this.config
    return {
      ...this.optimiser.schedule(step, this.learningRate(step), this.options),
      averageRate: averageRate(step, emaHalfLifeSteps),
      // No finite gradient is longer than float32 can say: switched off.
      clipNorm: clipNorm > 0 ? clipNorm : 3e38,
    }
  }
}

/** The optimiser's defaults with overrides, none of them unknown. */
function knownOptions(optimiser: Optimiser, overrides: OptimiserOptions): OptimiserOptions {
  for (const name of Object.keys(overrides))
    if (!Object.hasOwn(optimiser.defaults, name))
      throw new ScorefieldError({
        kind: 'usage',
        code: 'training/unknown-option',
        message: `The optimiser "${optimiser.name}" has no option "${name}".`,
        hint: `It has: ${Object.keys(optimiser.defaults).join(', ')}.`,
      })
  return { ...optimiser.defaults, ...overrides }
}
