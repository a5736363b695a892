import { uniformBox } from '../uniform-box.ts'
import { defineToy, type Toy } from './toy.ts'

/** Uniform on the square [−2, 2]². */
export const uniformToy: Toy = defineToy(uniformBox({ low: [-2, -2], high: [2, 2] }), {
  name: 'uniform',
  summary: 'uniform on a square',
  source: 'standard',
  window: [-2.5, 2.5],
})
