import type { Inquiry, Solution, Solved } from './integrator.ts'

/** A solution under way in one place of the batch. */
interface Underway {
  readonly row: number
  readonly solution: Solution
  inquiry: Inquiry
}

/**
 * Drives many solutions, a batch at a time: each place of the batch holds a row until it ends, then takes the
 * next one.
 * `evaluate` answers the inquiries of up to `batchSize` rows at once. Rows do not wait for each other.
 */
export async function solveMany(options: {
  readonly rows: readonly number[]
  readonly batchSize: number
  readonly begin: (row: number) => Solution
  readonly evaluate: (asked: readonly (Inquiry & { row: number })[]) => Promise<readonly Float64Array[]>
  readonly end: (row: number, solved: Solved) => void
}): Promise<void> {
  const { rows, batchSize, begin, evaluate, end } = options
  let waiting = 0
  const next = (): Underway | undefined => {
    while (waiting < rows.length) {
      const row = rows[waiting++]!
      const solution = begin(row)
      const first = solution.next()
      if (!first.done) return { row, solution, inquiry: first.value }
      end(row, first.value)
    }
    return undefined
  }
  const places: Underway[] = []
  for (;;) {
    while (places.length < batchSize) {
      const started = next()
      if (!started) break
      places.push(started)
    }
    if (places.length === 0) return
    const answers = await evaluate(places.map(({ row, inquiry }) => ({ row, ...inquiry })))
    for (let place = places.length - 1; place >= 0; place--) {
      const at = places[place]!
      const then = at.solution.next(answers[place]!)
      if (!then.done) at.inquiry = then.value
      else {
        end(at.row, then.value)
        const started = next()
        if (started) places[place] = started
        else places.splice(place, 1)
      }
    }
  }
}
