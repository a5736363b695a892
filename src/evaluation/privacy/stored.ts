import { shareEstimate } from '../statistics/shares.ts'
import { half, type PrivacyFigure } from './figures.ts'
import type { Privacy } from './privacy.ts'

/** Figures of privacy as they are stored; older evaluations have fewer of them. */
export type StoredPrivacy = Pick<Privacy, 'copies' | 'membership'> &
  Partial<Pick<Privacy, 'trainingRows' | 'figures' | 'nearer'>> & {
    readonly closest?: Omit<Privacy['closest'], 'training'> & Partial<Privacy['closest']>
  }

/** All figures; those of an older evaluation from what it holds, its copies beside those among its held-out rows. */
export function privacyFiguresOf({
  figures,
  copies,
  membership,
  nearer,
}: StoredPrivacy): readonly PrivacyFigure[] {
  if (figures) return figures
  const { synthetic, syntheticRows, heldOut, heldOutRows } = copies
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of)
  const rows = Math.min(syntheticRows, heldOutRows)
  return [
    {
      name: 'copies',
      ...shareEstimate(share(synthetic, syntheticRows), syntheticRows),
      floor: shareEstimate(share(heldOut, heldOutRows), heldOutRows),
      rows,
    },
    ...(nearer ? [{ name: 'nearer' as const, ...nearer, floor: half, rows }] : []),
    { name: 'membership', ...membership, floor: half, rows: heldOutRows },
  ]
}
