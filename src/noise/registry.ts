import { byName } from '../base/index.ts'
import { cosine } from './cosine.ts'
import { edm } from './edm.ts'
import type { NoiseParameters, NoiseProcess } from './noise-process.ts'
import { rectifiedFlow } from './rectified-flow.ts'
import { subVariancePreserving } from './sub-variance-preserving.ts'
import { varianceExploding } from './variance-exploding.ts'
import { variancePreserving } from './variance-preserving.ts'

/** All noise processes with their default parameters, in the order of menus and lists. */
export const noiseProcesses: readonly NoiseProcess[] = [
  edm(),
  variancePreserving(),
  subVariancePreserving(),
  cosine(),
  varianceExploding(),
  rectifiedFlow(),
]

/**
 * The process of this name, with these parameters instead of the defaults.
 * Throws `usage/unknown-name`, with the nearest name, or `noise/parameter`.
 */
export function noiseProcessByName(name: string, parameters: NoiseParameters = {}): NoiseProcess {
  return byName(noiseProcesses, name, 'noise process').withParameters(parameters)
}
