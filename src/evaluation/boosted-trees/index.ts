export { type BoostedTrees, type BoostingOptions, fitBoostedTrees } from './boosted-trees.ts'
export { type Loss, logisticLoss, squaredLoss } from './loss.ts'
export type { Tree } from './tree.ts'
