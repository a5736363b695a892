/** Names of DuckDB's types of the scalars in JSON; the widest of each kind. */
const scalars: Readonly<Record<string, string>> = {
  VARCHAR: 'VARCHAR',
  BOOLEAN: 'BOOLEAN',
  BIGINT: 'BIGINT',
  UBIGINT: 'BIGINT',
  HUGEINT: 'BIGINT',
  DOUBLE: 'DOUBLE',
}

/** The type of a structure as `json_group_structure` tells it: ["VARCHAR"] is `VARCHAR[]`, {"x":"DOUBLE"} a `STRUCT`. */
export function typeOfStructure(structure: unknown): string {
  if (Array.isArray(structure)) return `${typeOfStructure(structure[0] ?? 'JSON')}[]`
  if (typeof structure !== 'object' || structure === null) return scalars[String(structure)] ?? 'JSON'
  const fields = Object.entries(structure).map(
    ([name, part]) => `"${name.replaceAll('"', '""')}" ${typeOfStructure(part)}`,
  )
  return fields.length === 0 ? 'JSON' : `STRUCT(${fields.join(', ')})`
}
