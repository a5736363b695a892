export type { Baseline, FittedDensity } from './baseline.ts'
export { baselines } from './baselines.ts'
export { fitMixture } from './expectation-maximisation.ts'
