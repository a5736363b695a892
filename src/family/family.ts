import { type Named, ScorefieldError, type Shape, sizeOf } from '../engine/index.ts'
import { type Network, networkOf } from '../nn/index.ts'
import { type Ability, type Model, type ModelSize, reshapedTo } from './model.ts'
import type { RowPart } from './row-part.ts'

/** Fewer rows than these are soon learned by heart. */
export const fewRows = 20_000

/** What a family is told of the points that it shall model. */
export interface FamilyFacts {
  /** Shape of one point. */
  readonly event: Shape
  /** What the numbers of a row stand for, for families that can use it; the rows are vectors [d]. */
  readonly parts: readonly RowPart[]
  /** Shape of each thing that a point is conditioned on, by name, of families that `takesConditions`; nothing unless given. */
  readonly conditions?: Named<Shape> | undefined
  /** Whether the model is also told that parts of a row are known or absent, of families that `takesKnownParts`. */
  readonly partlyKnown?: boolean | undefined
  /** σ_d > 0, the standard deviation of the points' coordinates. */
  readonly sigmaData: number
  /** Name in `networks`, or a record, for families that take a free network. */
  readonly network: string | Network
  readonly size: ModelSize
  /** The coordinates of a point in the order in which to model them, of families that `ordersColumns`. */
  readonly order?: readonly number[] | undefined
}

/** What sizes are chosen from. */
export interface SizeFacts {
  /** Shape of one point. */
  readonly event: Shape
  /** Distinct training points; Infinity for a known density. */
  readonly rows: number
  /** Name in `networks`, or a record. */
  readonly network: string | Network
}

/** What differs from the usual training on rows that come again and again. */
export interface FamilyTraining {
  /** Times that each row is seen. */
  readonly passes: number
  readonly fewestSteps: number
  readonly evaluateEverySteps: number
  readonly weightDecay: number
}

/**
 * A way to model a distribution: a record in a file of its own.
 *
 * Sizes have names; `defaultSize` gives all of them, so that a configuration can hold and check them.
 */
export interface Family {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** What its models can compute, derived abilities included; a test holds `build` to it. */
  readonly can: readonly Ability[]
  readonly levels: Model['levels']
  /** Whether it models column after column, in an order that a person may choose. */
  readonly ordersColumns?: boolean
  /** Whether its models can be conditioned on things, `FamilyFacts.conditions`. */
  readonly takesConditions?: boolean
  /** Whether its models can be told that parts of a row are known, `FamilyFacts.partlyKnown`. */
  readonly takesKnownParts?: boolean
  /** Whether it sees points of any shape as vectors, number after number; else as they are. */
  readonly flattens?: boolean
  /** Name of the objective that it is trained by unless told. */
  readonly objective: string
  readonly defaultSize: (facts: SizeFacts) => ModelSize
  /** Sizes that may be 0, where there is none of what they count; all others are 1 or more. */
  readonly mayBeNone?: readonly string[]
  /** How it is best trained, where not as the others are; absent for as they are. */
  readonly training?: (facts: Omit<SizeFacts, 'network'>) => FamilyTraining | undefined
  readonly build: (facts: FamilyFacts) => Model
}

/**
 * Training of a density by its likelihood: of few rows it learns each by heart, where a denoiser sees noise of ever new draws.
 *
 * On 4,163 white wines, with weight decay 1 and fewer steps, held-out log-likelihood rose from −1.14 to −1.00
 * nats (spline-flow), −1.31 to −1.18 (real-nvp) and −1.81 to −1.62 (autoregressive); decay 5 gave −1.19.
 */
export function likelihoodTraining({ rows }: { readonly rows: number }): FamilyTraining | undefined {
  return rows < fewRows ? { passes: 90, fewestSteps: 600, evaluateEverySteps: 50, weightDecay: 1 } : undefined
}

/** Shape of a point as the networks of a family see it. */
export function seenEvent(family: Family, event: Shape): Shape {
  return family.flattens ? [sizeOf(event)] : event
}

/**
 * The family's model of these points.
 * Throws kind `ability`, `family/no-conditions`, where there are conditions, or parts that may be known, and the family takes none;
 * kind `usage`, `family/network`, where the network takes no such points.
 */
export function buildModel(family: Family, facts: FamilyFacts): Model {
  const seen = seenEvent(family, facts.event)
  requireTaken(family, networkOf(facts.network), seen)
  return reshapedTo(builtAs(family, { ...facts, event: seen }), facts.event)
}

function requireTaken(family: Family, network: Network, event: Shape): void {
  if (network.takes(event)) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'family/network',
    message: `The network "${network.name}" takes no points of the shape [${event.join(', ')}]${family.flattens ? `, which is how the family "${family.name}" sees them` : ''}.`,
    hint: 'Leave the network out, to have the usual one; `scorefield list networks` says what each is for.',
  })
}

function builtAs(family: Family, facts: FamilyFacts): Model {
  if (facts.partlyKnown && (!family.takesKnownParts || facts.event.length > 1))
    throw new ScorefieldError({
      kind: 'ability',
      code: 'family/no-conditions',
      message: `The family "${family.name}" cannot learn rows of which some columns are given or unknown.`,
      hint: 'The family "denoiser" can. With any other leave model.conditions and data.gaps out; sample --where then keeps the rows that fulfil a condition.',
    })
  const names = Object.keys(facts.conditions ?? {})
  if (names.length === 0) return family.build({ ...facts, conditions: undefined })
  if (!family.takesConditions) throw noConditions(family.name, names, 'it takes no conditions')
  const model = family.build(facts)
  const kept = Object.keys(model.conditions ?? {})
  if (names.some((name) => !kept.includes(name)))
    throw noConditions(family.name, names, 'its model says nothing of them (Model.conditions)')
  return model
}

function noConditions(family: string, names: readonly string[], why: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'family/no-conditions',
    message: `The family "${family}" cannot be conditioned on ${names.join(', ')}: ${why}.`,
    hint: '`scorefield list families` says which families take conditions.',
  })
}
