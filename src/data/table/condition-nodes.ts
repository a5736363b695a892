/** A part of a condition as DuckDB's `json_serialize_sql` tells it; only what is read here. */
export interface ConditionNode {
  readonly class: string
  readonly type: string
  readonly [key: string]: unknown
}

/** Functions that answer anew each time they are asked, so that one answer says nothing of the next. */
const volatile = /^(random|uuid|uuidv[47]|gen_random_uuid|now|current_timestamp|nextval)$/

/** The nodes of a condition, the outer before the inner. */
export function* nodesIn(of: unknown): Generator<ConditionNode> {
  if (Array.isArray(of)) for (const one of of) yield* nodesIn(one)
  else if (typeof of === 'object' && of !== null) {
    if ('class' in of && 'type' in of) yield of as ConditionNode
    for (const one of Object.values(of)) yield* nodesIn(one)
  }
}

/** The names of the columns that a condition speaks of, in lower case, each once. */
export function namesIn(node: ConditionNode): string[] {
  const names = [...nodesIn(node)].flatMap((one) => (one.class === 'COLUMN_REF' ? [nameOf(one)] : []))
  return [...new Set(names)]
}

/** The name of a reference to a column, in lower case. */
export function nameOf({ column_names: names }: ConditionNode): string {
  return (names as string[]).at(-1)!.toLowerCase()
}

/** Whether the condition's answer for a row depends on the row alone. */
export function isOfRowOnly(node: ConditionNode): boolean {
  return [...nodesIn(node)].every(
    (one) =>
      one.class !== 'SUBQUERY' &&
      one.class !== 'WINDOW' &&
      !(one.class === 'FUNCTION' && volatile.test(String(one['function_name']))),
  )
}

/** A comparison of a column with something in which no column stands: `column type other`. */
export interface Comparison {
  readonly column: ConditionNode
  readonly type: string
  readonly other: ConditionNode
}

/** What `a < b` is with its sides changed. */
const turned: Readonly<Record<string, string>> = {
  COMPARE_EQUAL: 'COMPARE_EQUAL',
  COMPARE_NOTEQUAL: 'COMPARE_NOTEQUAL',
  COMPARE_LESSTHAN: 'COMPARE_GREATERTHAN',
  COMPARE_GREATERTHAN: 'COMPARE_LESSTHAN',
  COMPARE_LESSTHANOREQUALTO: 'COMPARE_GREATERTHANOREQUALTO',
  COMPARE_GREATERTHANOREQUALTO: 'COMPARE_LESSTHANOREQUALTO',
}

/** A node as a comparison of one column; undefined where it is none. */
export function comparisonOf(node: ConditionNode): Comparison | undefined {
  if (node.class !== 'COMPARISON' || !(node.type in turned)) return undefined
  const [left, right] = [node['left'], node['right']] as [ConditionNode, ConditionNode]
  const isFree = (side: ConditionNode): boolean => namesIn(side).length === 0
  if (left.class === 'COLUMN_REF' && isFree(right)) return { column: left, type: node.type, other: right }
  if (right.class === 'COLUMN_REF' && isFree(left))
    return { column: right, type: turned[node.type]!, other: left }
  return undefined
}

/** The condition that a column compares so with something. */
export function comparing({ column, type, other }: Comparison): ConditionNode {
  return { class: 'COMPARISON', type, alias: '', query_location: 0, left: column, right: other }
}

/**
 * The comparisons that a node of one column is made of, `every` or `some` of which must hold: those of `between` and `in`, or
 * the one that it is; undefined for any other node.
 */
export function comparisonsOf(
  node: ConditionNode,
): { readonly need: 'every' | 'some'; readonly parts: readonly Comparison[] } | undefined {
  const one = comparisonOf(node)
  if (one) return { need: 'every', parts: [one] }
  if (node.type === 'COMPARE_BETWEEN') {
    const [column, lower, upper] = [node['input'], node['lower'], node['upper']] as ConditionNode[]
    if (column!.class !== 'COLUMN_REF' || namesIn(lower!).length + namesIn(upper!).length > 0)
      return undefined
    return {
      need: 'every',
      parts: [
        { column: column!, type: 'COMPARE_GREATERTHANOREQUALTO', other: lower! },
        { column: column!, type: 'COMPARE_LESSTHANOREQUALTO', other: upper! },
      ],
    }
  }
  if (node.type !== 'COMPARE_IN') return undefined
  const [column, ...others] = node['children'] as ConditionNode[]
  if (column!.class !== 'COLUMN_REF' || others.some((other) => namesIn(other).length > 0)) return undefined
  return {
    need: 'some',
    parts: others.map((other) => ({ column: column!, type: 'COMPARE_EQUAL', other })),
  }
}

/** `column = something` wherever it stands in a condition, by itself, denied or in a list. */
export function equalitiesIn(node: ConditionNode): Comparison[] {
  return [...nodesIn(node)].flatMap((one) => {
    const negated = one.type === 'COMPARE_NOTEQUAL' || one.type === 'COMPARE_NOT_IN'
    const type = one.type === 'COMPARE_NOT_IN' ? 'COMPARE_IN' : one.type
    const found = comparisonsOf({ ...one, type })?.parts ?? []
    return found
      .filter((part) => part.type === 'COMPARE_EQUAL' || negated)
      .map((part) => ({ ...part, type: 'COMPARE_EQUAL' }))
  })
}
