/** Guidance: a denoiser pushed away from another one, or along a classifier. */
export { autoguidance } from './autoguidance.ts'
export { classifierGuidance } from './classifier.ts'
export { classifierFree } from './classifier-free.ts'
export { extrapolated, type Guidance, requireGuidance } from './weighted.ts'
