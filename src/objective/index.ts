/** What training minimises. */
export { type DenoisingBatch, denoisingLoss, type NoiseRange, type Objective } from './objective.ts'
export { objectives } from './objectives.ts'
