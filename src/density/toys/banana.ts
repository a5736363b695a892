import { banana } from '../banana.ts'
import { defineToy, type Toy } from './toy.ts'

/** A banana: width 1, thickness 0.4, bend 0.8 (x₂ ≈ 0.8·(x₁² − 1)). */
export const bananaToy: Toy = defineToy(banana({ width: 1, thickness: 0.4, bend: 0.8 }), {
  name: 'banana',
  summary: 'a Gaussian bent along a parabola',
  source: 'Haario, Saksman & Tamminen 1999',
  window: [-4, 6],
})
