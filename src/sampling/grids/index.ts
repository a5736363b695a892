import { lookUp } from '../../noise/look-up.ts'
import type { TimeGrid } from './grid.ts'
import { karras } from './karras.ts'
import { logSnr } from './log-snr.ts'
import { uniform } from './uniform.ts'

/** Every time grid; the first is the default. */
export const timeGrids: readonly TimeGrid[] = [karras, logSnr, uniform]

/** The time grid of that name; throws `sampling/unknown-time-grid`, with the nearest name. */
export function timeGridByName(name: string): TimeGrid {
  return lookUp(timeGrids, name, { what: 'time grid', code: 'sampling/unknown-time-grid' })
}
