import { ScorefieldError } from '../../base/index.ts'

/** The places in a file of the columns of the first one; undefined where they are in the same order. */
export function orderOf(
  own: readonly string[],
  first: readonly string[],
  path: string,
  source: string,
): readonly number[] | undefined {
  const order = first.map((name) => own.indexOf(name))
  if (own.length !== first.length || order.includes(-1))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/columns-differ',
      message: `The files of ${source} have different columns: ${path} has ${own.join(', ')}, those before it ${first.join(', ')}.`,
      where: path,
      hint: `Name files of the same columns, or join them by a query with union_by_name.`,
    })
  return order.every((place, index) => place === index) ? undefined : order
}
