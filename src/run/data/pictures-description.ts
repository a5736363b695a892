import type { PictureEncodingParts, PictureWishes } from '../../data/index.ts'
import type { ReportColumn } from '../../report/index.ts'
import type { DataDescription } from './kind.ts'
import type { SplitOnRecord } from './split-of-data.ts'

/** What a run knows of its pictures. */
export interface PicturesDescription extends DataDescription, SplitOnRecord {
  readonly version: 1
  readonly kind: 'pictures'
  readonly source: string
  /** Names of the columns: the pictures', and those of label and file where there are such. */
  readonly columns: readonly string[]
  readonly rowCount: number
  readonly trainingRows: number
  readonly validationRows: number
  readonly testRows: number
  /** How they were read, so that they are read so again. */
  readonly readAs: PictureWishes
  readonly encoding: PictureEncodingParts
}

/** How each column came to the model. */
export function reportColumnsOfPictures({ columns, encoding }: PicturesDescription): ReportColumn[] {
  const { height, width, channels, levels, labels } = encoding
  return columns.map((name, place) => {
    if (place === 0)
      return {
        ...{ name, type: `${width}x${height}x${channels}`, role: 'picture' },
        encoding: `pixels: ${levels} levels a number, each spread over its cell`,
      }
    const isGiven = name === 'label' && labels !== undefined
    return {
      ...{ name, type: 'VARCHAR', role: isGiven ? 'condition' : 'left out' },
      encoding: isGiven ? `one number for each of ${labels.names.length} classes` : 'not modelled',
    }
  })
}
