/** At most `most` of the rows, evenly spread: files are often sorted. */
export function evenly(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!)
}
