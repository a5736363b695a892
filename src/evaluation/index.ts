/** How good generated rows are: figures with intervals and floors, baselines, likelihood comparisons. */
export { type Associations, associationsOf } from './associations.ts'
export { type Baseline, baselines, type FittedDensity, fitMixture } from './baselines/index.ts'
export {
  type BoostedTrees,
  type BoostingOptions,
  fitBoostedTrees,
  type Loss,
  logisticLoss,
  squaredLoss,
} from './boosted-trees/index.ts'
export { twoSampleArea } from './classifier-figures.ts'
export { compareLogDensities, meanOverRows, type RowMean } from './compare-log-densities.ts'
export { type Evaluation, evaluateRows, type Figure } from './evaluate-rows.ts'
export { type BriefFigures, briefFigures, evaluateTables, type Tables } from './evaluate-tables.ts'
export {
  counted,
  decimalsFor,
  estimate,
  fixed,
  listed,
  number,
  percent,
  percentEstimate,
} from './facts/format.ts'
export {
  type Aspect,
  aspects,
  called,
  type Evidence,
  type Fact,
  type LikelihoodFigures,
  type Limits,
  type Mark,
  markOf,
  marks,
  type PrivacyFigures,
  type Statement,
  sideOf,
  type Verdict,
  verdictOf,
  type Words,
  worstFirst,
} from './facts/index.ts'
export { type Conservativity, conservativity } from './field/conservativity.ts'
export { type CurlMap, curlMap } from './field/curl.ts'
export {
  type ByHeart,
  byHeart,
  diagnosisSentences,
  type LevelDiagnosis,
  type LossByLevel,
  type ScoreDiagnosis,
} from './field/diagnostics.ts'
export type { FieldAsked } from './field/field.ts'
export { type ScoreError, scoreErrors } from './field/score-error.ts'
export type { Better, Measured, Metric, Pair } from './metric.ts'
export { energyDistance } from './metrics/energy-distance.ts'
export { featureMetrics, metrics } from './metrics.ts'
export { type FeatureNetwork, featureNetwork, featureWidth } from './pictures/feature-network.ts'
export {
  type ClassAgreement,
  type Judgements,
  type LabelAgreement,
  labelAgreement,
} from './pictures/label-agreement.ts'
export { type Nearest, NearestSearch } from './pictures/nearest.ts'
export { type FeatureFacts, featuresInWords, type PictureFigures } from './pictures/picture-figures.ts'
export { measurePicturePrivacy, vectorsOf } from './pictures/picture-privacy.ts'
export {
  blocksOf,
  copiesAmong,
  measurePrivacy,
  type Privacy,
  type PrivacyFigure,
  type PrivacyMeasure,
  privacyFiguresOf,
  privacyMeasure,
  privacyMeasures,
  type RowBlocks,
  type StoredPrivacy,
} from './privacy/index.ts'
export { type Rows, rowsOf } from './rows.ts'
export { areaEstimate, areaUnderCurve } from './statistics/area-under-curve.ts'
export type { Estimate } from './statistics/estimate.ts'
export type { RatioOfMeans } from './statistics/ratio-of-means.ts'
export { shareEstimate } from './statistics/shares.ts'
export type { TableMetric, TablePair } from './table-metric.ts'
export { tableMetrics } from './table-metrics.ts'
export { measureUtility, proposeTarget, type Utility } from './utility.ts'
export { distanceViewer, treeViewer, type View, type Viewer } from './views.ts'
