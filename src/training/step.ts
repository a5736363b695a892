import * as f from '../engine/index.ts'
import { coefficientNames, powerRateName } from './coefficients.ts'
import { batchInputs, batchLosses, type Learning } from './learning.ts'
import type { Optimiser, OptimiserOptions } from './optimiser.ts'
import { Packing } from './packing.ts'
import { powerGroup } from './power-average.ts'

/** Name of the group of a training program's state that the objective keeps from step to step. */
export const chainsGroup = 'chains'

/** Names of a step's outputs: the loss of each example of the first player, and the gradient's norm. */
export type StepOutput = 'loss' | 'gradientNorm'

/** The mean loss of a player other than the first, as an output. */
export const lossOutput = (player: string): string => `loss/${player}`

/** A figure that the objective tells of its batch, as an output. */
export const tellOutput = (name: string): string => `tell/${name}`

/**
 * One training step: losses, gradients, clipping by the global norm, optimiser, average of the weights.
 *
 * State: parameters, averages, and the optimiser's moments, one group each, all packed (`Packing`), and what the objective keeps.
 * Each player's parameters follow the gradient of its own loss. Outputs: loss of each row [B] of the first player, the mean
 * loss of the others, and the gradient's norm before clipping, over all players.
 */
export function trainingStep(options: {
  readonly learning: Learning
  readonly optimiser: Optimiser
  readonly optimiserOptions: OptimiserOptions
  /** Widths of the power-function averages to keep; none unless given. */
  readonly widths?: readonly number[] | undefined
}): f.ProgramSpec {
  const { learning, optimiser, optimiserOptions, widths = [] } = options
  const { facts, objective, players } = learning
  const names = coefficientNames(optimiser, players, widths)
  /** The averages of the weights: each a group of the state, with the scalar that says the share of the new weights. */
  const averages = [
    { group: 'ema', rate: 'averageRate' },
    ...widths.map((width) => ({ group: powerGroup(width), rate: powerRateName(width) })),
  ]
  const packing = new Packing(facts.model.parameters, players)
  const kept = objective.state?.(facts)
  return {
    name: 'training step',
    state: {
      model: packing.types,
      ...Object.fromEntries(averages.map(({ group }) => [group, packing.types])),
      ...Object.fromEntries(optimiser.moments.map((moment) => [moment, packing.types])),
      ...(kept ? { [chainsGroup]: kept } : {}),
    },
    inputs: { ...batchInputs(learning), coefficients: { shape: [names.length], dtype: 'float32' } },
    step: ({ state, inputs }) => {
      const scalar = (name: string): f.Tensor => {
        const at = names.indexOf(name)
        return f.reshape(f.slice(inputs['coefficients']!, { axis: 0, start: at, end: at + 1 }), [])
      }
      const values = packing.open(state['model']!)
      const { losses, state: left, tells = {} } = batchLosses(learning, values, inputs, state[chainsGroup])
      // With respect to the packs themselves: a loss may use a parameter in another shape, and then what it uses is the pack.
      const gradient: Record<string, f.Tensor> = {}
      for (const { name: player } of players) {
        const own = packing.packs.filter((pack) => pack.player === player)
        const found = f.grad(
          f.mean(losses[player]!),
          own.map(({ name }) => state['model']![name]!),
        )
        own.forEach(({ name }, i) => {
          gradient[name] = found[i]!
        })
      }
      const normOf = (packs: readonly { readonly name: string }[]): f.Tensor =>
        f.withLabel('gradient norm', () => globalNorm(packs.map(({ name }) => gradient[name]!)))
      const norm = normOf(packing.packs)
      const next: Record<string, Record<string, f.Tensor>> = { model: {} }
      for (const { group } of averages) next[group] = {}
      for (const moment of optimiser.moments) next[moment] = {}
      for (const { name: player, everySteps } of players) {
        const packs = packing.packs.filter((pack) => pack.player === player)
        const ownNorm = players.length === 1 ? norm : normOf(packs)
        const scale = f.min(f.div(scalar('clipNorm'), f.max(ownNorm, 1e-30)), 1)
        const own = (name: string): f.Tensor => scalar(players.length === 1 ? name : `${player}/${name}`)
        const coefficients = Object.fromEntries(optimiser.coefficients.map((name) => [name, own(name)]))
        for (const { name: pack, decays } of packs) {
          const like = (value: f.Tensor): f.Tensor => f.broadcastTo(value, gradient[pack]!.shape)
          /** What the player's turn makes of it; between its turns all stays as it is. */
          const inTurn = (before: f.Tensor, after: f.Tensor): f.Tensor =>
            everySteps === 1 ? after : f.add(before, f.mul(f.sub(after, before), like(own('learns'))))
          const { parameter, moments } = f.withLabel(`optimiser / ${pack}`, () =>
            optimiser.update({
              parameter: state['model']![pack]!,
              gradient: f.mul(gradient[pack]!, like(scale)),
              moments: Object.fromEntries(optimiser.moments.map((moment) => [moment, state[moment]![pack]!])),
              coefficients,
              decays,
              options: optimiserOptions,
            }),
          )
          const updated = inTurn(state['model']![pack]!, parameter)
          next['model']![pack] = updated
          for (const moment of optimiser.moments)
            next[moment]![pack] = inTurn(state[moment]![pack]!, moments[moment]!)
          for (const { group, rate } of averages) {
            const average = state[group]![pack]!
            next[group]![pack] = f.add(average, f.mul(f.sub(updated, average), like(scalar(rate))))
          }
        }
      }
      if (kept) next[chainsGroup] = { ...left }
      const [first, ...others] = players
      return {
        state: next,
        outputs: {
          loss: losses[first!.name]!,
          gradientNorm: norm,
          ...Object.fromEntries(others.map(({ name }) => [lossOutput(name), f.mean(losses[name]!)])),
          ...Object.fromEntries(Object.entries(tells).map(([name, value]) => [tellOutput(name), value])),
        },
      }
    },
  }
}

/** √Σ‖g‖² over all tensors. */
function globalNorm(tensors: readonly f.Tensor[]): f.Tensor {
  return f.sqrt(tensors.map((tensor) => f.sum(f.square(tensor))).reduce((total, part) => f.add(total, part)))
}
