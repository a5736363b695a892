export { dps } from './dps.ts'
export { fromNoiseLevel } from './from-noise-level.ts'
export type { Guide, GuidedRequest, GuidedSampler, GuideOptions } from './guide.ts'
export type { DenoiserGuide } from './guided-denoiser.ts'
export {
  differentiableMap,
  knownCoordinates,
  linearMap,
  type Operator,
  type SolveWeights,
} from './operator.ts'
export { eventMap, pictureBlur, pictureShrink, unchanged } from './picture-operators.ts'
export { pigdm } from './pigdm.ts'
export { guides } from './registry.ts'
export { repaint } from './repaint.ts'
export { replacement } from './replacement.ts'
export { separableMap } from './separable-map.ts'
export { tmpd } from './tmpd.ts'
export { twistedParticles } from './twisted-particles.ts'
