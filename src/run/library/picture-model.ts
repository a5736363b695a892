import { ScorefieldError } from '../../base/index.ts'
import {
  drawnLabels,
  labelColumn,
  labelNamed,
  oneHot,
  type PictureEncoding,
  type Table,
  type TextColumn,
} from '../../data/index.ts'
import type { LikelihoodAsked, LogDensities } from '../../sampling/index.ts'
import type { PicturesDescription } from '../data/pictures-description.ts'
import { dequantisationFor } from '../dequantise/index.ts'
import { bitsPerDimension, type LikelihoodOptions, logProbabilities } from '../experiment/log-densities.ts'
import { type Restoration, type RestoreAsked, restoreTable } from '../restore/index.ts'
import { checkedDraw, type DrawRows } from './draw-options.ts'
import { LearnedModel, type LearnedParts } from './learned-model.ts'

/** How pictures are drawn of a model. */
export interface DrawPictures extends DrawRows {
  /** The class of all of them; drawn by its share among the data unless given. */
  readonly label?: string | undefined
}

/** How bits a dimension are found. */
export interface AskBits extends LikelihoodOptions {
  /** Name in `dequantisations`; uniform unless given. */
  readonly dequantisation?: string | undefined
  /** Pictures that a dequantisation learns from, where it learns; those that are asked for unless given, for which the bound holds as well. */
  readonly learnFrom?: Table | undefined
  /** Steps of its learning. */
  readonly steps?: number | undefined
  readonly seed?: number | undefined
  /** Hears of them. */
  readonly onLearning?: ((done: number, total: number) => void) | undefined
}

/** A model of pictures, as `fitPictures` gives it. */
export class PictureModel extends LearnedModel {
  declare readonly description: PicturesDescription
  declare readonly encoding: PictureEncoding

  constructor(
    parts: LearnedParts & { readonly description: PicturesDescription; readonly encoding: PictureEncoding },
  ) {
    super(parts)
  }

  /** The classes that it knows; none of a model without labels. */
  get labels(): readonly string[] {
    return this.encoding.labels?.names ?? []
  }

  /**
   * New pictures, a table with the column of pictures, and `label` of a model with labels. Picture i is a function of (seed, i, its label)
   * only. @throws ScorefieldError `usage/options`, `data/unknown-category`, `family/cannot`, `sampling/guidance`.
   */
  async sample(options: DrawPictures): Promise<Table> {
    this.requireAlive()
    const { label, ...draw } = checkedDraw(options, this.config.sampling, ['label'])
    const { count, seed = 0, first = 0 } = draw
    const codes = this.codesOf(label as string | undefined, { seed, first, count })
    const { labels } = this.encoding
    if (options.guidance && !labels)
      throw new ScorefieldError({
        kind: 'ability',
        code: 'sampling/guidance',
        message: 'Guidance draws pictures that are more than typical of a label, and the model learned none.',
        hint: 'Train on pictures with labels, or let a worse model guide this one: autoguidance of scorefield/sampling.',
      })
    const conditions = labels && codes && { [labelColumn]: oneHot(labels, codes) }
    const points = await this.fitted.sample({ ...draw, conditions })
    const { columns: _, ...table } = this.encoding.decode(points, count, {
      source: `samples of ${this.name}`,
    })
    if (!labels || !codes) return { ...table, columns: [] }
    const values = Array.from(codes, (code) => labels.names[code]!)
    const column: TextColumn = { kind: 'text', name: labelColumn, type: 'VARCHAR', values }
    return { ...table, columns: [column] }
  }

  /**
   * log p of each picture, [n], nats, in the units of the data (bytes spread over their cells), whatever its label. By
   * −log p/(h w c ln 2) it is bits a number, of one place in the cells; see `bitsPerDimension`. @throws ScorefieldError `data/picture-size`, `data/missing-column`, `family/cannot`.
   */
  async logDensity(
    table: Table,
    options: Omit<LikelihoodAsked, 'conditions'> & { readonly by?: string | undefined } = {},
  ): Promise<Pick<LogDensities, 'logDensity' | 'standardError'>> {
    this.requireAlive()
    const points = this.encoding.encode(table, { dequantiseSeed: 0 })
    const { logDensity, standardError } = await this.fitted.logDensity(points, options)
    const change = this.encoding.logDeterminant(points, table.rowCount)
    return { logDensity: logDensity.map((value, row) => value + change[row]!), standardError }
  }

  /**
   * Pictures as they may have been, of what is left of them: `draws` of each, their mean, and where the draws differ.
   *
   * ```ts
   * const { draws, mean, deviation } = await model.restore(torn, { mask: 'box:0,0,4,8', draws: 8 })
   * ```
   * What has happened is told: `mask`, `blur`, `enlarge` or any operator (`damage`), and `noise` with it or alone. Draw k of picture i is a function of
   * (seed, i K + k, the picture) only.
   * @throws ScorefieldError `usage/restore`, `usage/options`, `data/no-pictures`, `data/picture-size`, `data/unknown-category`, `family/cannot`,
   * `restore/method`, `sampling/operator`; the signal's reason.
   */
  async restore(table: Table, asked: RestoreAsked): Promise<Restoration> {
    this.requireAlive()
    return restoreTable(this, table, asked)
  }

  /**
   * Bits a number of each picture, [n], and their standard error: −log₂ P(v)/(h w c) ≤ E_q(u|v) [log₂ q(u | v) − log₂ p(v + u)]/(h w c),
   * by four draws of the places u of the bytes v in their cells. Whatever its label. What a dequantisation learns is not kept.
   * @throws ScorefieldError `data/picture-size`, `data/missing-column`, `family/cannot`, `usage/unknown-name`; the signal's reason.
   */
  async bitsPerDimension(
    table: Table,
    options: AskBits = {},
  ): Promise<{ readonly perDimension: Float64Array; readonly standardError: Float64Array }> {
    this.requireAlive()
    const { encoding, fitted } = this
    const { dequantisation, learnFrom = table, steps, onLearning, ...asked } = options
    const { seed, signal } = asked
    const chosen = dequantisationFor(dequantisation, encoding)!
    const dequantiser = await chosen.open({
      ...{ model: { fitted, encoding }, steps, seed, signal, onProgress: onLearning },
      pictures: async () => ({ table: learnFrom, rowIndices: encoding.encodableRows(learnFrom) }),
    })
    try {
      const rowIndices = encoding.encodableRows(table)
      const found = await logProbabilities({ fitted, encoding }, table, { ...asked, rowIndices, dequantiser })
      const { bitsOver } = encoding
      return {
        perDimension: found.logDensity.map((value) => bitsPerDimension(value, bitsOver)),
        standardError: found.standardError.map((value) => -bitsPerDimension(value, bitsOver)),
      }
    } finally {
      await dequantiser.dispose()
    }
  }

  /** The class of each picture to be drawn; undefined of a model without labels. */
  private codesOf(
    label: string | undefined,
    range: { readonly seed: number; readonly first: number; readonly count: number },
  ): Int32Array | undefined {
    const { labels } = this.encoding
    if (label !== undefined) {
      const code = labelNamed(labels ?? { names: [], counts: [] }, label)
      return new Int32Array(range.count).fill(code)
    }
    return labels && drawnLabels(labels, range)
  }
}
