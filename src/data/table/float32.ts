/**
 * The float64 whose decimal form is the shortest that reads back as the same float32: 0.1 for the float32 nearest to 0.1,
 * whose own float64 value prints as 0.10000000149011612. Gaps and infinities stay.
 */
export function shortFloat32(value: number): number {
  const single = Math.fround(value)
  // Text does not tell −0 from 0.
  if (single === 0 || !Number.isFinite(single)) return single
  // Nine significant digits tell any two float32 apart (IEEE 754-2019, 5.12.2).
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return Number(single.toPrecision(9))
}

/** A number as its column's type can hold it: those of type `FLOAT` have the digits of a float32. */
export function toType(type: string, value: number): number {
  return type === 'FLOAT' ? shortFloat32(value) : value
}
