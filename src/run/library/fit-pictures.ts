import { ScorefieldError } from '../../base/index.ts'
import { contentChanges, PictureEncoding, type Table } from '../../data/index.ts'
import type { PicturesDescription } from '../data/pictures-description.ts'
import { preparePictures, usualLabels } from '../data/prepare-pictures.ts'
import { changedData } from '../data/split-of-data.ts'
import { checkedOptions, type FitPicturesOptions } from './fit-options.ts'
import { learned } from './learn.ts'
import { PictureModel } from './picture-model.ts'

/**
 * Trains a model of pictures of one size: a table with a column of pictures, and `label` where they have classes, as
 * `picturesFromFiles` and `picturesFromPixels` make it in a page, and `readPictures` of files in Node.
 *
 * ```ts
 * const { table } = await picturesFromFiles(event.dataTransfer.files, { size: '32' })
 * const model = await fitPictures(table)
 * const { pictures } = await model.sample({ count: 16 })
 * ```
 * Labels are what pictures are conditioned on; one example in ten is learned without. flip: every second example is mirrored, left to
 * right. A part of the pictures is held out (`split`).
 * @throws ScorefieldError `config/invalid` (all problems of the options at once), `data/no-pictures`, `data/too-few-rows`,
 * `data/all-rows-equal`, `data/picture-size` and `data/changed` where it goes on from another model, `training/not-finite`; the signal's reason.
 */
export async function fitPictures(table: Table, options: FitPicturesOptions = {}): Promise<PictureModel> {
  const { flip } = options
  const told = checkedOptions('fitPictures', options)
  options.signal?.throwIfAborted()
  if (!table.pictures?.[0])
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/no-pictures',
      message: `${table.source} has no column of pictures.`,
      hint: 'Give the table of picturesFromFiles, picturesFromPixels or readPictures; fitTable learns columns of numbers and words.',
    })
  const { resume, from = resume } = options
  if (from && !(from instanceof PictureModel))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'model/other-model',
      message: 'The model to start from is not one of pictures.',
      hint: 'Give it to fit or to fitTable.',
    })
  const own = from?.description as PicturesDescription | undefined
  const prepared = await preparePictures(table, [], {
    seed: told.given.seed ?? resume?.config.seed ?? 0,
    split: resume?.config.data.split ?? told.given.data?.split,
    readAs: { flip: flip ?? own?.readAs.flip },
    like: own && PictureEncoding.fromJSON(own.encoding),
  })
  const changes = resume && contentChanges(own!.contents, prepared.description.contents)
  if (changes) throw changedData(changes, table.source)
  const { encoding, description } = prepared
  const parts = await learned({ prepared, kind: 'pictures', name: 'pictures', told, options })
  return new PictureModel({ ...parts, description, encoding, usualConditions: usualLabels(encoding) })
}
