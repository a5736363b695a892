import { mixture } from '../mixture.ts'
import { uniformBox } from '../uniform-box.ts'
import { defineToy, type Toy } from './toy.ts'

const side = 2
const columns = [-2, -1, 0, 1]

/**
 * The eight squares of side 2 of one colour of a 4 × 4 board on [−4, 4]²; the lower left one belongs to it.
 * Entropy ln 32.
 */
export const checkerboard: Toy = defineToy(
  {
    ...mixture({
      components: columns.flatMap((column) =>
        columns
          .filter((row) => (row + column) % 2 === 0)
          .map((row) =>
            uniformBox({ low: [side * column, side * row], high: [side * (column + 1), side * (row + 1)] }),
          ),
      ),
    }),
    entropy: () => Math.log(8 * side * side),
  },
  {
    name: 'checkerboard',
    summary: 'uniform on the squares of one colour of a checkerboard',
    source: 'Grathwohl et al. 2019',
    window: [-4.5, 4.5],
  },
)
