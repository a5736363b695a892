import { ScorefieldError } from '../../base/index.ts'
import { requireLoaded, type Table } from '../../data/index.ts'
import type { Damage, Mask } from './damage.ts'
import { damageTold } from './repairs.ts'
import {
  type Restoration,
  type RestoreOptions,
  type RestoringModel,
  restorePictures,
} from './restore-pictures.ts'

/** What has happened to pictures, as a program tells it: one of these, and noise with it or alone. */
export interface RestoreAsked extends Omit<RestoreOptions, 'damage'> {
  /** Parts are missing: 1 where a pixel is, or a rectangle by its left, top, width and height, as `box:x,y,w,h`. */
  readonly mask?: Mask | string | undefined
  /** Blurred by a Gaussian of this standard deviation, in pixels. */
  readonly blur?: number | undefined
  /** Each pixel is the mean of so many by so many. */
  readonly enlarge?: number | undefined
  /** Any operator, with the size of what it gives. */
  readonly damage?: Damage | undefined
}

/**
 * Draws of the pictures of a table as they were; see `restorePictures`. Throws `data/no-pictures`, `internal/pictures-not-loaded`, what `damageTold`
 * and what `restorePictures` throw.
 */
export async function restoreTable(
  model: RestoringModel,
  { pictures, source }: Table,
  { damage: own, mask, blur, enlarge, ...options }: RestoreAsked,
): Promise<Restoration> {
  const [column] = pictures ?? []
  if (!column)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/no-pictures',
      message: `${source} has no column of pictures.`,
      hint: 'Give the table of picturesFromPixels, picturesFromFiles or readPictures.',
    })
  const told = { mask, blur, enlarge }
  const isTold = Object.values(told).some((value) => value !== undefined)
  if (own && isTold)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/restore',
      message: 'damage says all that has happened, and does not go with mask, blur and enlarge.',
      hint: 'Leave one of them out.',
    })
  const { shape } = model.encoding
  const { noise = 0 } = options
  const damage = own ?? (await damageTold(told, { shape, isNoisy: noise !== 0 }))
  return restorePictures(model, requireLoaded(column), { ...options, damage })
}
