import { ScorefieldError } from '../../base/index.ts'
import { labelColumn, PictureEncoding, TableEncoding } from '../../data/index.ts'
import type { Runtime } from '../../engine/index.ts'
import { type Family, families } from '../../family/index.ts'
import { type Network, networks } from '../../nn/index.ts'
import { conditionShapes } from '../data/condition-encoding.ts'
import { plainNames } from '../data/given-numbers.ts'
import type { DataDescription } from '../data/kind.ts'
import type { PicturesDescription } from '../data/pictures-description.ts'
import { usualLabels } from '../data/prepare-pictures.ts'
import type { TableDescription } from '../data/table-description.ts'
import { type VectorDescription, vectorEncoding } from '../data/vectors.ts'
import { builtModel, type ModelRecords } from '../experiment/plan.ts'
import { requireFitting } from '../experiment/weights.ts'
import type { LearnedParts } from './learned-model.ts'
import { PictureModel } from './picture-model.ts'
import { filesAt, type ModelSource } from './places.ts'
import { RowModel } from './row-model.ts'
import { runOf } from './saved-files.ts'
import { TableModel } from './table-model.ts'

/** What a program must say again of a model that it made of records of its own. */
export interface LoadOptions {
  readonly family?: Family | undefined
  readonly network?: Network | undefined
  readonly runtime?: Runtime | undefined
}

/** What a model of each kind of data is made of. */
type Opening = (description: DataDescription) => {
  readonly encoding: LearnedParts['encoding']
  readonly conditions?: ReturnType<typeof conditionShapes>
  readonly open: (parts: Omit<LearnedParts, 'encoding'>) => RowModel | TableModel | PictureModel
}

const openings: Readonly<Record<string, Opening>> = {
  table: (given) => {
    const description = given as TableDescription
    const encoding = TableEncoding.fromJSON(description.encoding)
    return { encoding, open: (parts) => new TableModel({ ...parts, description, encoding }) }
  },
  pictures: (given) => {
    const description = given as PicturesDescription
    const encoding = PictureEncoding.fromJSON(description.encoding)
    const { labels } = encoding
    return {
      encoding,
      conditions: labels && { [labelColumn]: [labels.names.length] },
      open: (parts) =>
        new PictureModel({ ...parts, description, encoding, usualConditions: usualLabels(encoding) }),
    }
  },
  vectors: (given) => {
    const description = given as VectorDescription
    const encoding = vectorEncoding(description)
    const conditions = conditionShapes(description.conditions)
    return {
      encoding,
      conditions,
      open: (parts) => new RowModel({ ...parts, encoding, vectors: description }),
    }
  },
  toy: (description) => {
    const { dimension } = description as DataDescription & { readonly dimension: number }
    const vectors = { columns: plainNames(dimension), conditions: [] }
    const encoding = vectorEncoding(vectors)
    return { encoding, open: (parts) => new RowModel({ ...parts, encoding, vectors }) }
  },
}

/**
 * Opens a model: from the folder of a run of the command line or of `save`, from the browser's store, or from a Blob.
 *
 * A run of a table gives a `TableModel`, one of pictures a `PictureModel`, any other a `RowModel`. family, network: the records of a model that a program made of its
 * own. @throws ScorefieldError `run/no-such-folder`, `run/not-a-run`, `run/no-checkpoint`, `run/checkpoint-corrupt`,
 * `run/newer-version`, `model/not-found`, `model/unreadable`, `model/own-record` where such a record is missing.
 */
export async function load(
  source: ModelSource,
  options: LoadOptions = {},
): Promise<RowModel | TableModel | PictureModel> {
  const { files, where } = await filesAt(source)
  const { manifest, description, state } = await runOf(files, where)
  const { config, created, versions } = manifest
  const opening = openings[description.kind]
  if (!opening)
    throw new ScorefieldError({
      kind: 'data',
      code: 'run/unreadable',
      message: `${where} is of data of the kind "${description.kind}", which this release does not know.`,
      where,
      hint: 'Take a newer release of scorefield.',
    })
  const { encoding, conditions, open } = opening(description)
  const records = recordsOf(config.model, options)
  const model = builtModel(config, records, { encoding, conditions })
  requireFitting({ name: config.name, folder: where }, model.parameters, state.best ?? state.groups['ema']!)
  const { runtime } = options
  return open({ config, description, model, records, state, runtime, created, versions })
}

/** The records that a configuration names: those of the lists, or those that the program gives again. */
function recordsOf(
  named: { readonly family: string; readonly network: string },
  { family, network }: LoadOptions,
): ModelRecords {
  const foundFamily = family ?? families.find(({ name }) => name === named.family)
  if (!foundFamily) throw missing('family', named.family)
  if (!network && !networks.some(({ name }) => name === named.network))
    throw missing('network', named.network)
  return { family: foundFamily, network }
}

function missing(what: 'family' | 'network', name: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'model/own-record',
    message: `The model is made of a ${what} of the program’s own, ${name}.`,
    hint: `Give the record again: load(place, { ${what} }).`,
  })
}
