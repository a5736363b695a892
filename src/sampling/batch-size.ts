import { type ProgramSpec, programCost, traceProgram } from '../engine/index.ts'

/** No program has fewer rows: a product with a single row takes another kernel, which rounds differently. */
const smallestBatch = 16
const largestBatch = 1024
/** For the temporary arrays of a step, unless told. */
const usualMemoryBytes = 256 * 2 ** 20
/**
 * For the floating-point work of a step: a tenth of a second or less. More rows at once would be no faster, and who wants fewer, as
 * of pictures, would wait for rows that nobody asked for.
 */
const stepFlops = 8e9

/**
 * How many rows a program should compute at once: a power of two from 16 to 1,024 by its work and memory a
 * row.
 * It depends on the program alone, never on how many rows are wanted.
 */
export function suggestedBatchSize(
  spec: (rows: number) => ProgramSpec,
  { memoryBytes = usualMemoryBytes }: { readonly memoryBytes?: number } = {},
): number {
  const [small, large] = [smallestBatch, 2 * smallestBatch].map((rows) =>
    programCost(traceProgram(spec(rows))),
  )
  const bytesPerRow = (large!.peakBytes - small!.peakBytes) / smallestBatch
  const flopsPerRow = (large!.flops - small!.flops) / smallestBatch
  let rows = largestBatch
  while (rows > smallestBatch && (rows * bytesPerRow > memoryBytes || rows * flopsPerRow > stepFlops))
    rows /= 2
  return rows
}

/** The batch size asked for, made a multiple of 16 from 16. */
export function checkedBatchSize(asked: number): number {
  return Math.max(1, Math.ceil(asked / smallestBatch)) * smallestBatch
}
