/** A file format that holds tables: what it is called and how its files are named. */
export interface TableFormat {
  readonly name: 'csv' | 'tsv' | 'parquet' | 'json' | 'jsonl' | 'xlsx'
  readonly summary: string
  /** Endings of file names, lower case, with the point; the first is the usual one. */
  readonly extensions: readonly string[]
  /** Whether tables are read from it, but not written to it. */
  readonly isOnlyRead?: true
}

export const csv: TableFormat = {
  name: 'csv',
  summary: 'text, one row a line; the separator is found by looking',
  extensions: ['.csv', '.txt', '.data', '.dat', '.csv.gz', '.data.gz', '.txt.gz'],
}

export const tsv: TableFormat = {
  name: 'tsv',
  summary: 'text, one row a line, separated by tabs',
  extensions: ['.tsv', '.tab', '.tsv.gz'],
}

export const parquet: TableFormat = {
  name: 'parquet',
  summary: 'Apache Parquet, columnar and compressed',
  extensions: ['.parquet', '.pq'],
}

export const json: TableFormat = {
  name: 'json',
  summary: 'an array of objects',
  extensions: ['.json', '.json.gz'],
}

export const jsonl: TableFormat = {
  name: 'jsonl',
  summary: 'one object a line',
  extensions: ['.jsonl', '.ndjson', '.jsonl.gz', '.ndjson.gz'],
}

export const xlsx: TableFormat = {
  name: 'xlsx',
  summary: 'a sheet of an Excel file; read, not written',
  extensions: ['.xlsx', '.xlsm'],
  isOnlyRead: true,
}

/** Every format that tables are read from, the usual one first. */
export const tableFormats: readonly TableFormat[] = [csv, tsv, parquet, json, jsonl, xlsx]

/** Every format that tables are written in. */
export const writtenFormats: readonly TableFormat[] = tableFormats.filter(({ isOnlyRead }) => !isOnlyRead)

/** The format whose extension the file name ends in, or undefined. */
export function formatOfName(fileName: string): TableFormat | undefined {
  const name = fileName.toLowerCase()
  return tableFormats.find((format) => format.extensions.some((extension) => name.endsWith(extension)))
}
