import { ScorefieldError } from '../../base/index.ts'
import { averageOf, type KeptAverage, keptWidths, powerGroup } from '../../training/index.ts'
import { type Loaded, type LoadedWeights, listCheckpoints, loadCheckpoint } from './checkpoint.node.ts'
import type { Run } from './folder.node.ts'

/** An average made of others is used without a word up to this distance of its profile from the one wanted. */
const tolerated = 0.05

/**
 * The average of this width at the newest checkpoint, a share of all steps, made of those that the checkpoints hold.
 *
 * Errors: those of `loadCheckpoint`, `training/average-width`, `run/no-averages` where the run kept none.
 */
export async function loadAverage(run: Run, width: number): Promise<Loaded<LoadedWeights>> {
  const { value: newest, step, warnings } = await loadCheckpoint(run, 'latest')
  const older = (await listCheckpoints(run)).filter((checkpoint) => checkpoint.step < step)
  const kept = averagesIn(newest.groups, step)
  for (const checkpoint of older) {
    // A damaged older checkpoint makes the average less exact, no more.
    const found = await loadCheckpoint(run, checkpoint.step).catch(() => undefined)
    if (found) kept.push(...averagesIn(found.value.groups, found.step))
  }
  if (kept.length === 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'run/no-averages',
      message: `The run ${run.folder} kept no averages of which another could be made.`,
      where: run.folder,
      hint: 'Train with --set training.powerAverages=true.',
    })
  const { weights, error } = averageOf(kept, { width, step })
  const far = {
    code: 'run/average-far',
    message: `The average of width ${width} is made of ${kept.length} others, and its profile is ${(100 * error).toFixed(0)} % from the one wanted; widths between ${keptWidths.join(' and ')} come nearer.`,
  }
  return {
    value: { kind: 'ema', step, weights },
    step,
    warnings: error > tolerated ? [...warnings, far] : warnings,
  }
}

function averagesIn(
  groups: Readonly<Record<string, Readonly<Record<string, Float32Array>>>>,
  step: number,
): KeptAverage[] {
  return keptWidths.flatMap((width) => {
    const weights = groups[powerGroup(width)]
    return weights ? [{ profile: { width, step }, weights }] : []
  })
}
