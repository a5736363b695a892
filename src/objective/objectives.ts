import { adversarial } from './adversarial.ts'
import { annealedSliced } from './annealed-sliced.ts'
import { consistency } from './consistency.ts'
import { consistencyDistillation } from './consistency-distillation.ts'
import { contrastiveDivergence } from './contrastive-divergence.ts'
import { denoising } from './denoising.ts'
import { denoisingOneLevel } from './denoising-one-level.ts'
import { elbo } from './elbo.ts'
import { finiteDifferenceScoreMatching } from './finite-difference-score-matching.ts'
import { flowMatchingOptimalTransport } from './flow-matching-optimal-transport.ts'
import { implicitScoreMatching } from './implicit-score-matching.ts'
import { iwae } from './iwae.ts'
import { maximumLikelihood } from './maximum-likelihood.ts'
import { noiseContrastive } from './noise-contrastive.ts'
import { nonNegativeScoreMatching } from './non-negative-score-matching.ts'
import type { Objective } from './objective.ts'
import { persistentContrastiveDivergence } from './persistent-contrastive-divergence.ts'
import { slicedScoreMatching } from './sliced-score-matching.ts'
import { slicedVarianceReduced } from './sliced-variance-reduced.ts'
import { wasserstein } from './wasserstein.ts'

/** Everything that training can make small; the first is taken where none is named. */
export const objectives: readonly Objective[] = [
  denoising,
  annealedSliced,
  flowMatchingOptimalTransport,
  consistency,
  consistencyDistillation,
  denoisingOneLevel,
  implicitScoreMatching,
  slicedScoreMatching,
  slicedVarianceReduced,
  finiteDifferenceScoreMatching,
  nonNegativeScoreMatching,
  noiseContrastive,
  contrastiveDivergence,
  persistentContrastiveDivergence,
  maximumLikelihood,
  elbo,
  iwae,
  adversarial,
  wasserstein,
]
