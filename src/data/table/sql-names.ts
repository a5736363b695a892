/**
 * Names under which SQL tells all columns apart: their own, and where others differ from one only by case, with its place:
 * `Age@1`, `AGE@2`.
 */
export function sqlNames(columns: readonly { readonly name: string }[]): string[] {
  const counts = new Map<string, number>()
  for (const { name } of columns) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1)
  return columns.map(({ name }, index) =>
    counts.get(name.toLowerCase())! > 1 ? `${name}@${index + 1}` : name,
  )
}
