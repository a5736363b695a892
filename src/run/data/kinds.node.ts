import { byName, ScorefieldError } from '../../base/index.ts'
import type { DataAsked, DataDescription, DataKind, DescribedData } from './kind.ts'
import { pictureData } from './pictures.node.ts'
import { tableData } from './table.node.ts'
import { toyData } from './toy.ts'
import { vectorData } from './vectors.node.ts'

/** Every kind of data that can be named and read. */
export const dataKinds: readonly DataKind[] = [toyData, pictureData, tableData]

/** And those whose models can be opened. */
const openedKinds: readonly DataKind[] = [...dataKinds, vectorData]

/** The kind of these data: the one named, else the first that recognises them, else a table. Throws `usage/unknown-name`. */
export function kindOf(asked: DataAsked & { readonly kind?: string | undefined }): DataKind {
  if (asked.kind !== undefined) return byName(openedKinds, asked.kind, 'kind of data')
  return dataKinds.find((kind) => kind.recognises(asked)) ?? tableData
}

/**
 * The kind of rows that come beside a run's own: the one that recognises them, else the run's, where that can be read from files, so
 * that a table of pixels is pictures to a run of pictures.
 */
export function kindBeside(asked: DataAsked, own: string): DataKind {
  if (asked.kind !== undefined) return kindOf(asked)
  const found = dataKinds.find((kind) => kind.recognises(asked))
  const ofRun = kindOf({ kind: own })
  return found ?? (ofRun.isSplit ? ofRun : tableData)
}

/** Throws `compare/kind`, kind `ability`, for data of a kind whose models `compare` cannot measure. */
export function requireCompared({ notCompared }: DataKind): void {
  if (notCompared === undefined) return
  throw new ScorefieldError({ kind: 'ability', code: 'compare/kind', ...notCompared })
}

/** What a run's data.json says. Throws `usage/unknown-name` for a kind that there is not. */
export function dataOf(description: DataDescription): DescribedData {
  return kindOf({ kind: description.kind }).open(description)
}
