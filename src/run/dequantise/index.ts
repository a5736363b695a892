/** How bytes of pictures are spread over their cells, so that densities tell their probability. */
import { byName, ScorefieldError } from '../../base/index.ts'
import type { Encoding } from '../../data/index.ts'
import type { Dequantisation } from './dequantisation.ts'
import { uniformDequantisation } from './uniform.ts'
import { variationalDequantisation } from './variational.ts'

export type {
  Dequantisation,
  Dequantiser,
  DequantiserGiven,
  Places,
  PlacesKey,
  PlacesStore,
} from './dequantisation.ts'
export { uniformPlaces } from './uniform.ts'

/** Every way to spread bytes over their cells; the first is the usual one. */
export const dequantisations: readonly Dequantisation[] = [uniformDequantisation, variationalDequantisation]

/**
 * The way of that name, the usual one without a name; undefined of data that have no bytes.
 * Throws `usage/unknown-name`, and `data/no-bytes` where one is named for such data.
 */
export function dequantisationFor(name: string | undefined, encoding: Encoding): Dequantisation | undefined {
  const chosen = name === undefined ? dequantisations[0]! : byName(dequantisations, name, 'dequantisation')
  if (encoding.levels !== undefined) return chosen
  if (name === undefined) return undefined
  throw new ScorefieldError({
    kind: 'usage',
    code: 'data/no-bytes',
    message: `The dequantisation "${name}" is one of pictures; this run learned other data.`,
    hint: 'Leave --dequantisation out: rounded columns of a table count with the density at the middle of their cells.',
  })
}
