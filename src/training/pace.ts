import type { TrainingConfig } from './config.ts'
import type { TrainingEvent } from './events.ts'

/** How much longer than planned a training may take before that is told. */
const tolerated = 1.15

/** Tells, once, when a training whose steps were chosen for a given time takes longer, since the machine has become slower. */
export class Pace {
  private readonly config: Pick<TrainingConfig, 'minutes' | 'steps'>
  private readonly from: number
  private isTold = false

  /** from: the step at which this part of the training began. */
  constructor(config: Pick<TrainingConfig, 'minutes' | 'steps'>, from: number) {
    this.config = config
    this.from = from
  }

  /** What is to be told after `step` steps, `seconds` after this part began. */
  *warnings(step: number, seconds: number): Generator<TrainingEvent> {
    const { minutes, steps } = this.config
    const done = step - this.from
    if (minutes === undefined || this.isTold || done < steps / 10) return
    const expected = (seconds / done) * steps
    if (expected <= tolerated * 60 * minutes) return
    this.isTold = true
    const short = Number((expected / 60).toPrecision(2))
    yield {
      type: 'warning',
      code: 'training/slower',
      message: `All steps will take about ${short} minutes, not ${minutes}: the machine has become slower since it was measured. The steps stay, so that the training can be resumed bit for bit.`,
    }
  }
}
