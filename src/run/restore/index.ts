/** Pictures restored by a model: what is missing, blurred, small or noisy, drawn as it may have been. */
export type { Damage, DamageAsked, DamageWord, Mask, Repair } from './damage.ts'
export { boxMask, maskDamage } from './mask.ts'
export { estimateNoise, type NoiseEstimate } from './noise-estimate.ts'
export { observedPoints, scaleOfPoints } from './observed-points.ts'
export { damageTold, repairs } from './repairs.ts'
export {
  type Restoration,
  type RestoreOptions,
  type RestoringModel,
  restorePictures,
} from './restore-pictures.ts'
export { type RestoreAsked, restoreTable } from './restore-table.ts'
export type { RestoredPictures } from './restored-pictures.ts'
export { chooseRestoringMethod, type RestoringMethod, restoringMethods } from './restoring-methods.ts'
export { noiseTold } from './told.ts'
