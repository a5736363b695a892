/** Every interval's nominal coverage. */
export const confidence = 0.95

/** The 97.5 % quantile of the standard normal: half the width of an interval in standard errors. */
export const normalHalfWidth = 1.959963984540054

/** A value and its interval, low ≤ value ≤ high. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}
