/** How the learning rate goes over a run: a factor of its peak, by step. */
export interface Schedule {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Factor in (0, 1] at step t = 1 … steps, after `warmUp` steps of linear rise. */
  readonly factor: (step: number, steps: number, warmUp: number) => number
}

/** (t − w)/(T − w), how far a run is after its warm-up. */
function progress(step: number, steps: number, warmUp: number): number {
  return Math.min(1, Math.max(0, (step - warmUp) / Math.max(1, steps - warmUp)))
}

/** t/w during the warm-up; never 0, so that the first step counts. */
function rise(step: number, warmUp: number): number {
  return warmUp > 0 ? Math.min(1, step / warmUp) : 1
}

/** Warm-up, then the peak for the rest. */
export const constantSchedule: Schedule = {
  name: 'constant',
  summary: 'linear warm-up, then constant',
  source: '–',
  factor: (step, _steps, warmUp) => rise(step, warmUp),
}

/** Warm-up, then half a cosine down to a thousandth of the peak. Loshchilov & Hutter 2017. */
export const cosineSchedule: Schedule = {
  name: 'cosine',
  summary: 'linear warm-up, then half a cosine down to 1/1000',
  source: 'Loshchilov & Hutter 2017',
  factor: (step, steps, warmUp) =>
    rise(step, warmUp) * (0.001 + 0.999 * 0.5 * (1 + Math.cos(Math.PI * progress(step, steps, warmUp)))),
}

/** Warm-up, constant for the most part, then a straight line down over the last fifth. Zhai et al. 2022. */
export const trapezoidSchedule: Schedule = {
  name: 'trapezoid',
  summary: 'linear warm-up, constant, then linear down to 1/1000 over the last fifth',
  source: 'Zhai, Kolesnikov, Houlsby, Beyer 2022',
  factor: (step, steps, warmUp) =>
    rise(step, warmUp) * Math.max(0.001, Math.min(1, (1 - progress(step, steps, warmUp)) / 0.2)),
}

/** Every schedule; the first is taken where none is named. */
export const schedules: readonly Schedule[] = [cosineSchedule, constantSchedule, trapezoidSchedule]
