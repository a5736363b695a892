/** Models by what they can compute. */
export { mistakesOfOrder } from './column-order.ts'
export {
  asInputs,
  conditionName,
  conditionTypes,
  conditionWidth,
  fromInputs,
  sideBySide,
} from './conditions.ts'
export { asDenoiser, type DenoiserModel, type FittedDenoiser, type NoisyPoints } from './denoiser.ts'
export { endPointsOf } from './end-points.ts'
export { families } from './families.ts'
export {
  buildModel,
  type Family,
  type FamilyFacts,
  type FamilyTraining,
  type SizeFacts,
  seenEvent,
} from './family.ts'
export { asVectors } from './field.ts'
export type { ElementMap } from './flow/element-map.ts'
export { rationalQuadratic } from './flow/spline.ts'
export { type DenoiserOptions, denoiserOf, mixedDenoiser } from './mixed.ts'
export {
  type Abilities,
  type Ability,
  type At,
  abilities,
  cannot,
  type Draw,
  type Draws,
  type Model,
  type ModelSize,
  perPoint,
  pointAxes,
  requireAbilities,
  reshapedTo,
  sigmaOf,
  type Values,
  withDerived,
} from './model.ts'
export {
  absentParts,
  jointOf,
  knownNumbers,
  knownParts,
  otherConditions,
  partlyKnownShapes,
  partStates,
  withoutKnown,
} from './partly-known.ts'
export { preconditioned } from './preconditioned.ts'
export { type PredictedOptions, predictedDenoiser } from './predicted.ts'
export { joinParts, type NumbersPart, type RowPart, type WordsPart, widthOf } from './row-part.ts'
