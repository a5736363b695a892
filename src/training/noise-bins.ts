import type { LossByNoiseLevel } from './events.ts'

/** Gathers losses by noise level, in bins of equal width in ln σ; levels outside belong to the nearest bin. */
export class NoiseBins {
  private readonly low: number
  private readonly width: number
  private readonly totals: Float64Array
  private readonly counts: Float64Array

  constructor(options: { sigmaMin: number; sigmaMax: number; bins?: number }) {
    const bins = options.bins ?? 16
    this.low = Math.log(options.sigmaMin)
    this.width = (Math.log(options.sigmaMax) - this.low) / bins
    this.totals = new Float64Array(bins)
    this.counts = new Float64Array(bins)
  }

  /** Geometric centre of each bin, σ. */
  get centres(): number[] {
    return Array.from(this.totals, (_, i) => Math.exp(this.low + (i + 0.5) * this.width))
  }

  /** The bin of a noise level. */
  binOf(sigma: number): number {
    // A range of one level has no width: 0/0, and everything belongs to the first bin.
    const at = Math.floor((Math.log(sigma) - this.low) / this.width) || 0
    return Math.min(this.totals.length - 1, Math.max(0, at))
  }

  add(sigma: ArrayLike<number>, loss: ArrayLike<number>): void {
    for (let i = 0; i < sigma.length; i++) {
      const bin = this.binOf(sigma[i]!)
      this.totals[bin]! += loss[i]!
      this.counts[bin]! += 1
    }
  }

  /** The means so far; starts anew. */
  take(): LossByNoiseLevel {
    const result = {
      sigma: this.centres,
      loss: Array.from(this.totals, (total, i) => (this.counts[i]! > 0 ? total / this.counts[i]! : null)),
      count: Array.from(this.counts),
    }
    this.totals.fill(0)
    this.counts.fill(0)
    return result
  }
}
