/** What training makes small: objectives, and the weightings of noise levels. */
export { denoising } from './denoising.ts'
export {
  type Losses,
  type LossGiven,
  type Moments,
  type Objective,
  type ObjectiveFacts,
  onePlayer,
  type Player,
  type Watch,
} from './objective.ts'
export { objectives } from './objectives.ts'
export { edm, edmPictures, type NoiseRange, type Weighting, weightings } from './weightings/index.ts'
