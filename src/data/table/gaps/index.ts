export { asWritten } from './as-written.ts'
export { type KnownCells, knownCells } from './known-cells.ts'
export { inGaps, type SolvedGaps, solveGaps } from './solve-gaps.ts'
