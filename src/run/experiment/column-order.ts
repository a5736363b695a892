import { nearest, ScorefieldError } from '../../base/index.ts'
import type { Encoding } from '../../data/index.ts'
import { type Family, families, mistakesOfOrder } from '../../family/index.ts'

/**
 * The coordinates of a point in the order of these columns, each column's together.
 *
 * Columns that the model does not see may be named or not. Errors: `family/cannot` where the family goes in no order;
 * `family/column-order` unless every column that is modelled is named once.
 */
export function orderOfColumns(
  names: readonly string[],
  encoding: Pick<Encoding, 'columns' | 'columnRange'>,
  family: Family,
): readonly number[] {
  if (!family.ordersColumns)
    throw new ScorefieldError({
      kind: 'ability',
      code: 'family/cannot',
      message: `The family "${family.name}" models all columns at once: it has no order of columns.`,
      where: 'model.columnOrder',
      hint: `Leave model.columnOrder out, or take ${families
        .filter(({ ordersColumns }) => ordersColumns)
        .map(({ name }) => name)
        .join(' or ')}.`,
    })
  const known = encoding.columns.map(({ name }) => name)
  const modelled = known.filter((name) => encoding.columnRange(name) !== undefined)
  const { missing, unknown, twice } = mistakesOfOrder(names, modelled, known)
  if (unknown.length + missing.length + twice.length > 0) {
    const [first = ''] = unknown
    const near = nearest(first, known)
    const told = [
      missing.length > 0 ? `it does not name ${shown(missing)}` : '',
      unknown.length > 0
        ? `there is no column ${shown(unknown)}${near === undefined ? '' : ` (did you mean "${near}"?)`}`
        : '',
      twice.length > 0 ? `it names ${shown([...new Set(twice)])} twice` : '',
    ].filter((part) => part !== '')
    throw new ScorefieldError({
      kind: 'usage',
      code: 'family/column-order',
      message: `The order of columns does not fit the data: ${told.join('; ')}.`,
      where: 'model.columnOrder',
      hint: `Name each of these once: ${modelled.join(', ')}.`,
    })
  }
  return names.flatMap((name) => {
    const { offset, width } = encoding.columnRange(name) ?? { offset: 0, width: 0 }
    return Array.from({ length: width }, (_, k) => offset + k)
  })
}

function shown(names: readonly string[]): string {
  const some = names.slice(0, 3).map((name) => `"${name}"`)
  return names.length > 3 ? `${some.join(', ')} and ${names.length - 3} more` : some.join(', ')
}
