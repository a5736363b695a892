import { toyByName } from '../../density/index.ts'
import { drawnData } from './drawn.ts'
import type { DataKind } from './kind.ts'

/** Known densities, as toy:NAME. */
export const toyData: DataKind = drawnData({
  name: 'toy',
  summary: 'fresh draws of a known density, as toy:NAME (scorefield list toys)',
  words: {
    type: 'known-density',
    measured: 'other fresh draws',
    nobodys: 'The data are draws of a known density: nobody’s.',
    terms: 'The data are a mathematical density, free for everybody.',
  },
  named: toyByName,
  density: toyByName,
})
