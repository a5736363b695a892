/** A number with so many digits that count, as people write it: `0.0123`, `1,234`, `1.2e-9`. */
export function figure(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value)
  const absolute = Math.abs(value)
  if (value !== 0 && (absolute < 1e-3 || absolute >= 1e6))
    return value
      .toExponential(Math.min(digits, 2) - 1)
      .replace('e+', 'e')
      .replaceAll('-', '−')
  const decimals = value === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(absolute)))
  return value
    .toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .replace('-', '−')
}

/** About how small a number is: `3e−9`. */
export function size(value: number): string {
  return value.toExponential(0).replaceAll('-', '−')
}

/** `12.3 ± 0.4`: a mean with its standard error, both to the decimals of the error's second digit. */
export function withError({ mean, error }: { readonly mean: number; readonly error: number }): string {
  if (!(error > 0)) return figure(mean)
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(error)))
  const text = (value: number): string =>
    (Math.abs(value) < 0.5 * 10 ** -decimals ? 0 : value)
      .toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
      .replace('-', '−')
  return `${text(mean)} ± ${text(error)}`
}

/** Mean and standard error of independent values, two or more. */
export function meanOf(values: ArrayLike<number>): { readonly mean: number; readonly error: number } {
  const n = values.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += values[i]! / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2
  return { mean, error: Math.sqrt(squares / (n - 1) / n) }
}

/** √(mean of squares). */
export function rootMeanSquare(values: ArrayLike<number>): number {
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2
  return Math.sqrt(squares / values.length)
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2
}

/** E‖s − s*‖² / E‖s*‖² of two scores at the same points: the relative Fisher error. */
export function relativeError(learned: ArrayLike<number>, exact: ArrayLike<number>): number {
  let [error, total] = [0, 0]
  for (let i = 0; i < exact.length; i++) {
    error += (learned[i]! - exact[i]!) ** 2
    total += exact[i]! ** 2
  }
  return error / total
}

/** The slope of the least-squares line through (ln x, ln y): the exponent of a power law. */
export function logLogSlope(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const [meanX, meanY] = [0, 1].map((k) => meanOf(logs.map((log) => log[k]!)).mean)
  let [above, below] = [0, 0]
  for (const [x, y] of logs) {
    above += (x - meanX!) * (y - meanY!)
    below += (x - meanX!) ** 2
  }
  return above / below
}

/** n evenly spaced numbers from low to high. */
export function evenly(low: number, high: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1))
}

/** The points of a grid of the plane, row by row of equal y, [ys · xs, 2]. */
export function gridPoints(xs: ArrayLike<number>, ys: ArrayLike<number>): Float64Array {
  const points = new Float64Array(2 * xs.length * ys.length)
  for (let row = 0; row < ys.length; row++)
    for (let column = 0; column < xs.length; column++)
      points.set([xs[column]!, ys[row]!], 2 * (row * xs.length + column))
  return points
}
