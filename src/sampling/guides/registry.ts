import { dps } from './dps.ts'
import type { Guide } from './guide.ts'
import { pigdm } from './pigdm.ts'
import { repaint } from './repaint.ts'
import { replacement } from './replacement.ts'
import { tmpd } from './tmpd.ts'
import { twistedParticles } from './twisted-particles.ts'

/** Every way to draw points of which something is observed. The first is nearest to the truth where the truth is known (`npm run bench -- guides`). */
export const guides: readonly Guide[] = [twistedParticles, tmpd, pigdm, dps, repaint, replacement]
