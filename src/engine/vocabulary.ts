import type { DType, Shape } from './shape.ts'

/** How a filter moves, axis by axis. */
interface Convolution {
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
  readonly padding: readonly (readonly [number, number])[]
}

/**
 * The operations that derivative rules are written in, as functions of symbols of type T.
 *
 * A rule gets them handed in, so that no operation's file needs to import another's. They are named here, and not taken
 * from the list of all operations, since that list imports every rule: `vjp`, which hands them in, is where the
 * compiler holds the two against each other.
 */
export interface Vocabulary<T> {
  readonly abs: (x: T) => T
  readonly add: (x: T | number, y: T | number) => T
  readonly and: (x: T | number, y: T | number) => T
  readonly averagePool: (x: T, options: { size: number | readonly number[] }) => T
  readonly broadcastTo: (x: T, shape: Shape) => T
  readonly cast: (x: T, dtype: DType) => T
  readonly conv: (x: T, w: T, options?: Convolution) => T
  readonly convFilter: (x: T, g: T, options: Convolution & { kernel: Shape }) => T
  readonly convTranspose: (x: T, w: T, options?: Convolution & { size?: Shape }) => T
  readonly cos: (x: T) => T
  readonly cumsum: (x: T, options: { axis: number; reverse?: boolean }) => T
  readonly div: (x: T | number, y: T | number) => T
  readonly equal: (x: T | number, y: T | number) => T
  readonly erf: (x: T) => T
  readonly exp: (x: T) => T
  readonly flip: (x: T, options: { axis: number }) => T
  readonly gather: (x: T, indices: T, options?: { axis?: number }) => T
  readonly greater: (x: T | number, y: T | number) => T
  readonly greaterEqual: (x: T | number, y: T | number) => T
  readonly lessEqual: (x: T | number, y: T | number) => T
  readonly log: (x: T) => T
  readonly matmul: (a: T, b: T, options?: { transposeA?: boolean; transposeB?: boolean }) => T
  readonly mul: (x: T | number, y: T | number) => T
  readonly neg: (x: T) => T
  readonly pad: (x: T, options: { axis: number; before?: number; after?: number }) => T
  readonly pow: (x: T | number, y: T | number) => T
  readonly reciprocal: (x: T) => T
  readonly reshape: (x: T, shape: Shape) => T
  readonly scatterAdd: (x: T, indices: T, options: { axis: number; size: number }) => T
  readonly scatterAddAlongAxis: (x: T, indices: T, options: { axis: number; size: number }) => T
  readonly sigmoid: (x: T) => T
  readonly sign: (x: T) => T
  readonly sin: (x: T) => T
  readonly slice: (x: T, options: { axis: number; start: number; end?: number }) => T
  readonly softmax: (x: T, options?: { axis?: number }) => T
  readonly square: (x: T) => T
  readonly sub: (x: T | number, y: T | number) => T
  readonly sum: (x: T, options?: { axes?: readonly number[]; keepDims?: boolean }) => T
  readonly takeAlongAxis: (x: T, indices: T, options: { axis: number }) => T
  readonly transpose: (x: T, permutation?: readonly number[]) => T
  readonly triangularSolve: (l: T, b: T, options?: { transpose?: boolean }) => T
  readonly upsample: (x: T, options: { factor: number | readonly number[] }) => T
  readonly where: (condition: T, x: T | number, y: T | number) => T
}
