import type { Column } from './table.ts'

const integer = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/
const plain =
  /^(FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|DATE|TIME|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|TIMESTAMP WITH TIME ZONE|BOOLEAN|UUID|BLOB|BIT|INTERVAL|JSON)$/

/**
 * The type that a file which knows types is to store a column in: its source's, where values of the column can be cast to it;
 * else undefined. 128-bit integers are stored as decimals, for Parquet has no such type.
 */
export function storedType({ type, kind }: Pick<Column, 'type' | 'kind'>): string | undefined {
  if (integer.test(type) || plain.test(type)) return type
  if (/^U?HUGEINT$/.test(type)) return 'DECIMAL(38,0)'
  return kind === 'text' && isOnlyAType(type) ? type : undefined
}

/** Whether a type is one of whole numbers. */
export function isInteger(type: string): boolean {
  return integer.test(type) || /^U?HUGEINT$/.test(type)
}

/** Whether a type is one of lists, structures or maps, whose text form is JSON. */
export function isNested(type: string): boolean {
  return /\]$|^(STRUCT|MAP|UNION)\(/.test(type)
}

/**
 * Whether text is the name of a nested type or an enumeration and no more, so that it may stand in SQL: words, names and
 * literals in quotes, and brackets that are all closed.
 */
function isOnlyAType(type: string): boolean {
  if (!isNested(type) && !/^ENUM\(/.test(type)) return false
  const bare = type.replaceAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '')
  if (!/^[\w\s(),[\]]*$/.test(bare)) return false
  let depth = 0
  for (const character of bare) {
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return false
  }
  return depth === 0
}
