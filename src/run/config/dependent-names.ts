import type { Shape } from '../../engine/index.ts'
import { type Family, families } from '../../family/index.ts'
import { type Network, networks } from '../../nn/index.ts'
import { objectives } from '../../objective/index.ts'
import { samplingMethods, timeGrids } from '../../sampling/index.ts'
import { optimisers } from '../../training/index.ts'

/** A section whose names other settings decide. */
export interface DependentNames {
  readonly section: string
  /** The settings that decide. */
  readonly decidedBy: readonly string[]
  /** The section's names, by the record that knows them. */
  readonly names: Readonly<Record<string, readonly string[]>>
  /** The names that go with values of `decidedBy`, of which some may be open; undefined where one is a record in no list. */
  readonly of: (decided: readonly (string | undefined)[]) => readonly string[] | undefined
  /** Whether a whole configuration holds all of them; else what is left out has its own default. */
  readonly complete: boolean
  /** Whether records in no list may have other names. */
  readonly isOpen?: boolean
}

/** Points that a network takes: a row, or a picture. */
const someEvent = (network: Network): Shape => (network.takes([2]) ? [2] : [1, 8, 8])

/** The names of the sizes of a family with a network; they do not depend on the data. */
const sizeNames = (family: Family, network: Network): string[] =>
  Object.keys(family.defaultSize({ event: someEvent(network), rows: 1000, network }))

/** Those that a family's own are, whatever the network. */
const ownNames = (family: Family): string[] =>
  networks
    .map((network) => sizeNames(family, network))
    .reduce((all, some) => all.filter((n) => some.includes(n)))

/** Sizes of which there may be none. */
export const sizesThatMayBeNone: ReadonlySet<string> = new Set(
  [...families, ...networks].flatMap(({ mayBeNone = [] }) => mayBeNone),
)

/** The records of that name, all where none is named; none where the name is of no list. */
function named<R extends { readonly name: string }>(records: readonly R[], name: string | undefined): R[] {
  return records.filter((record) => name === undefined || record.name === name)
}

/** One setting decides, by the name of a record. */
function byOne(
  decidedBy: string,
  names: DependentNames['names'],
): Pick<DependentNames, 'decidedBy' | 'names' | 'of'> {
  const of = ([decided]: readonly (string | undefined)[]): readonly string[] | undefined =>
    decided === undefined ? Object.values(names).flat() : names[decided]
  return { decidedBy: [decidedBy], names, of }
}

/** Sections whose names depend on another setting. */
export const modelSize: DependentNames = {
  section: 'model.size',
  decidedBy: ['model.family', 'model.network'],
  names: Object.fromEntries([
    ...networks.map((network) => [
      network.name,
      Object.keys(network.defaultSize({ event: someEvent(network), rows: 1000 })),
    ]),
    ...families.map((family) => [family.name, ownNames(family)]),
  ]),
  of: ([family, network]) => {
    const found = named(families, family).flatMap((one) =>
      named(networks, network).flatMap((other) => sizeNames(one, other)),
    )
    return found.length > 0 ? [...new Set(found)] : undefined
  },
  complete: true,
  isOpen: true,
}

export const optimiserOptions: DependentNames = {
  section: 'training.optimiserOptions',
  ...byOne(
    'training.optimiser',
    Object.fromEntries(optimisers.map(({ name, defaults }) => [name, Object.keys(defaults)])),
  ),
  complete: false,
}

export const objectiveOptions: DependentNames = {
  section: 'training.objectiveOptions',
  ...byOne(
    'training.objective',
    Object.fromEntries(objectives.map(({ name, settings: own }) => [name, Object.keys(own)])),
  ),
  complete: false,
}

export const samplerOptions: DependentNames = {
  section: 'sampling.samplerOptions',
  ...byOne(
    'sampling.sampler',
    Object.fromEntries(samplingMethods.map(({ name, settings: own }) => [name, Object.keys(own)])),
  ),
  complete: false,
}

export const gridOptions: DependentNames = {
  section: 'sampling.gridOptions',
  ...byOne(
    'sampling.grid',
    Object.fromEntries(timeGrids.map(({ name, settings: own }) => [name, Object.keys(own)])),
  ),
  complete: false,
}

/** Every such section. The schema itself has a place for each name that some record knows. */
export const dependentNames: readonly DependentNames[] = [
  modelSize,
  objectiveOptions,
  optimiserOptions,
  samplerOptions,
  gridOptions,
]
