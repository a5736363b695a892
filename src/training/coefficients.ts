import { byName, ScorefieldError } from '../base/index.ts'
import { onePlayer, type Player } from '../objective/index.ts'
import { averageRate, type TrainingConfig } from './config.ts'
import type { Optimiser, OptimiserOptions } from './optimiser.ts'
import { optimisers } from './optimisers.ts'
import { keptWidths, powerRate } from './power-average.ts'
import { type Schedule, schedules } from './schedule.ts'

/** Share of the new weights in the average of a width, as a scalar of a step. */
export const powerRateName = (width: number): string => `averageRate-${width}`

/**
 * Names of a step's scalars: the optimiser's coefficients, of each player its own, the share of the average, the clipping norm, and
 * the shares of the power-function averages of these widths.
 */
export function coefficientNames(
  optimiser: Optimiser,
  players: readonly Player[] = onePlayer,
  widths: readonly number[] = [],
): string[] {
  const own = players.flatMap(({ name, everySteps }) =>
    [...optimiser.coefficients, ...(everySteps > 1 ? ['learns'] : [])].map((coefficient) =>
      players.length === 1 ? coefficient : `${name}/${coefficient}`,
    ),
  )
  return [...own, 'averageRate', 'clipNorm', ...widths.map(powerRateName)]
}

/** All numbers of a run that depend on the step only, computed in float64 on the host. */
export class Coefficients {
  readonly optimiser: Optimiser
  /** Widths of the power-function averages that are kept. */
  readonly widths: readonly number[]
  private readonly config: TrainingConfig
  private readonly players: readonly Player[]
  readonly options: OptimiserOptions
  private readonly schedule: Schedule

  /** @throws ScorefieldError `usage/unknown-name`, `training/unknown-option`. */
  constructor(config: TrainingConfig, players: readonly Player[] = onePlayer) {
    this.config = config
    this.players = players
    this.widths = config.powerAverages ? keptWidths : []
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
    const names = coefficientNames(this.optimiser, this.players, this.widths)
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
    const named: Record<string, number> = {
      averageRate: averageRate(step, emaHalfLifeSteps),
      // No finite gradient is longer than float32 can say: switched off.
      clipNorm: clipNorm > 0 ? clipNorm : 3e38,
    }
    for (const width of this.widths) named[powerRateName(width)] = powerRate(step, width)
    for (const { name, everySteps } of this.players) {
      // A player who waits counts its own turns.
      const turn = Math.max(1, Math.floor(step / everySteps))
      const own = {
        ...this.optimiser.schedule(turn, this.learningRate(step), this.options),
        learns: step % everySteps === 0 ? 1 : 0,
      }
      for (const [coefficient, value] of Object.entries(own))
        named[this.players.length === 1 ? coefficient : `${name}/${coefficient}`] = value
    }
    return named
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
