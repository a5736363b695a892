import { densityAndScore } from './01-density-and-score.ts'
import { noNormaliser } from './02-no-normaliser.ts'
import { implicitScoreMatching } from './03-implicit-score-matching.ts'
import type { Claim } from './claim.ts'

/** Every claim, in order. */
export const claims: readonly Claim[] = [densityAndScore, noNormaliser, implicitScoreMatching]
