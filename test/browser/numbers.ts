/**
 * Numbers that are the same wherever the tests run, evenly spread over [−1, 1); independent of the engine's own
 * streams. Knuth's linear congruential generator modulo 2³².
 */
export function fixedNumbers(count: number, seed: number): Float32Array {
  let state = seed >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  for (let i = 0; i < 10; i++) next()
  return Float32Array.from({ length: count }, next)
}

/** Named results of a task; plain arrays, so that they cross from a page or a child process as JSON. */
export type Quantities = Record<string, number[]>
