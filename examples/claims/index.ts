import { densityAndScore } from './01-density-and-score.ts'
import { noNormaliser } from './02-no-normaliser.ts'
import { implicitScoreMatching } from './03-implicit-score-matching.ts'
import { oneObjective } from './04-one-objective.ts'
import { aFieldIsNoGradient } from './05-a-field-is-no-gradient.ts'
import { costOfTheExactTrace } from './06-cost-of-the-exact-trace.ts'
import { overfitting } from './07-overfitting.ts'
import { missingVariables } from './08-missing-variables.ts'
import { whatAFamilyCanTell } from './09-what-a-family-can-tell.ts'
import { langevinNeedsLevels } from './10-langevin-needs-levels.ts'
import { noiseMakesItLearnable } from './11-noise-makes-it-learnable.ts'
import { estimatorsOfTheGradient } from './12-estimators-of-the-gradient.ts'
import { thePublishedTable } from './13-the-published-table.ts'
import type { Claim } from './claim.ts'

/** Every claim, in order. */
export const claims: readonly Claim[] = [
  densityAndScore,
  noNormaliser,
  implicitScoreMatching,
  oneObjective,
  aFieldIsNoGradient,
  costOfTheExactTrace,
  overfitting,
  missingVariables,
  whatAFamilyCanTell,
  langevinNeedsLevels,
  noiseMakesItLearnable,
  estimatorsOfTheGradient,
  thePublishedTable,
]
