/** Where a row's solver needs the denoiser next. */
export interface DenoiseInquiry {
  /** x̄, [d]. */
  readonly x: Float64Array
  readonly sigma: number
}

/** A row on its way from noise to data: it yields where it needs D(x̄; σ), is sent the answer, [d], and returns x̄ at the end. */
export type RowSolution = Generator<DenoiseInquiry, Float64Array, Float64Array>

/** What a row's solver begins from. */
export interface RowStart {
  readonly seed: number
  /** Index of the row. */
  readonly row: number
  /** x̄ at σ_max, [d]. */
  readonly x: Float64Array
  readonly sigmaMax: number
  readonly sigmaMin: number
  /** σ_d > 0, what errors are measured in where x̄ is small. */
  readonly sigmaData: number
  readonly tolerance: number
}
