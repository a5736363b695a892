/** Guidance: a denoiser pushed away from another one, or along a classifier. */
export { autoguidance } from './autoguidance.ts'
export { classifierGuidance } from './classifier.ts'
export { classifierFree, guidedByConditions } from './classifier-free.ts'
export { extrapolated, type Guidance, requireGuidance, type TracedGuidance } from './weighted.ts'
