import { families } from '../../family/index.ts'
import { networks } from '../../nn/index.ts'
import { objectives } from '../../objective/index.ts'
import { samplingMethods } from '../../sampling/index.ts'
import { optimisers } from '../../training/index.ts'

/** A section whose names another setting decides. */
export interface DependentNames {
  readonly section: string
  readonly decidedBy: string
  /** The section's names, by the value of `decidedBy`. */
  readonly names: Readonly<Record<string, readonly string[]>>
  /** Whether a whole configuration holds all of them; else what is left out has its own default. */
  readonly complete: boolean
  /** Whether records in no list may have other names. */
  readonly isOpen?: boolean
}

/** The names of a family's sizes; they do not depend on the data. */
const sizeNames = (family: (typeof families)[number]): string[] =>
  Object.keys(family.defaultSize({ dimension: 2, rows: 1000, network: networks[0]!.name }))

/** Sizes of which there may be none. */
export const sizesThatMayBeNone: ReadonlySet<string> = new Set(
  families.flatMap(({ mayBeNone = [] }) => mayBeNone),
)

/** Sections whose names depend on another setting. */
export const modelSize: DependentNames = {
  section: 'model.size',
  decidedBy: 'model.family',
  names: Object.fromEntries(families.map((family) => [family.name, sizeNames(family)])),
  complete: true,
  isOpen: true,
}

export const optimiserOptions: DependentNames = {
  section: 'training.optimiserOptions',
  decidedBy: 'training.optimiser',
  names: Object.fromEntries(optimisers.map(({ name, defaults }) => [name, Object.keys(defaults)])),
  complete: false,
}

export const objectiveOptions: DependentNames = {
  section: 'training.objectiveOptions',
  decidedBy: 'training.objective',
  names: Object.fromEntries(objectives.map(({ name, settings: own }) => [name, Object.keys(own)])),
  complete: false,
}

export const samplerOptions: DependentNames = {
  section: 'sampling.samplerOptions',
  decidedBy: 'sampling.sampler',
  names: Object.fromEntries(samplingMethods.map(({ name, settings: own }) => [name, Object.keys(own)])),
  complete: false,
}

/** Every such section. The schema itself has a place for each name that some record knows. */
export const dependentNames: readonly DependentNames[] = [
  modelSize,
  objectiveOptions,
  optimiserOptions,
  samplerOptions,
]
