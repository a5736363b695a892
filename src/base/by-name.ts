import { ScorefieldError } from './error.ts'
import { didYouMean } from './nearest.ts'

/** What has a name, and perhaps others that people give it. */
export interface NamedRecord {
  readonly name: string
  readonly also?: readonly string[]
}

/** The record of that name, be it one that others give it; undefined where there is none. */
export function findByName<T extends NamedRecord>(records: readonly T[], name: string): T | undefined {
  return records.find((record) => record.name === name) ?? records.find(({ also }) => also?.includes(name))
}

/**
 * The record of that name, be it one that others give it.
 * @throws ScorefieldError `usage/unknown-name`, with the nearest name as a suggestion and all of them listed.
 */
export function byName<T extends NamedRecord>(records: readonly T[], name: string, what: string): T {
  const found = findByName(records, name)
  if (found) return found
  const names = records.map((record) => record.name)
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/unknown-name',
    message: `There is no ${what} "${name}".${didYouMean(
      name,
      records.flatMap(({ name: own, also = [] }) => [own, ...also]),
      '"',
    )}`,
    hint: `Known: ${names.join(', ')}.`,
  })
}
