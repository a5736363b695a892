import { ScorefieldError } from './error.ts'
import { didYouMean } from './nearest.ts'

/**
 * The record of that name.
 * @throws ScorefieldError `usage/unknown-name`, with the nearest name as a suggestion and all of them listed.
 */
export function byName<T extends { readonly name: string }>(
  records: readonly T[],
  name: string,
  what: string,
): T {
  const found = records.find((record) => record.name === name)
  if (found) return found
  const names = records.map((record) => record.name)
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/unknown-name',
    message: `There is no ${what} "${name}".${didYouMean(name, names, '"')}`,
    hint: `Known: ${names.join(', ')}.`,
  })
}
