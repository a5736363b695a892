import type { Bench } from './harness.ts'
import { heldOutPictures } from './restore-held-out.ts'
import { knownGaussian } from './restore-known.ts'
import { ways } from './restore-ways.ts'

/** Pictures restored by every method: of a Gaussian whose posterior is known, and held-out pictures of a run beside simpler ways. */
export const restoreBench: Bench = {
  name: 'restore',
  summary:
    'pictures restored from gaps, blur, small size and noise by every method, beside exact draws and simpler ways',
  async *run(asked) {
    const { only = '', run } = asked
    if (run === undefined) yield* knownGaussian(ways, only)
    // Nothing is trained for figures that nobody asked for.
    if (!only.startsWith('known')) yield* heldOutPictures(ways, asked)
  },
}
