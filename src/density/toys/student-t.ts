import { studentT } from '../student-t.ts'
import { defineToy, type Toy } from './toy.ts'

/**
 * Heavy tails: Student's t about the origin, 3 degrees of freedom, scale diag(0.5², 1) with correlation 0.5.
 */
export const studentTToy: Toy = defineToy(
  studentT({ location: [0, 0], scale: [0.25, 0.25, 0.25, 1], degreesOfFreedom: 3 }),
  {
    name: 'student-t',
    summary: "Student's t with 3 degrees of freedom: heavy tails",
    source: 'standard',
    window: [-6, 6],
  },
)
