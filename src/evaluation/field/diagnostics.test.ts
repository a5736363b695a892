import { expect, it } from 'vitest'
import { byHeart, diagnosisSentences } from './diagnostics.ts'

const losses = (loss: readonly (number | null)[]) => ({
  loss,
  standardError: loss.map((value) => (value === null ? null : 0.01)),
})
const sigma = [0.1, 1, 10]

it('finds the level where unseen rows cost most above training rows, if by three standard errors', () => {
  const training = losses([0.5, 0.5, null])
  // The standard error of a difference is 0.0141.
  expect(byHeart({ sigma, training, heldOut: losses([0.6, 0.57, 9]) })).toEqual({ sigma: 0.1, ratio: 1.2 })
  expect(byHeart({ sigma, training, heldOut: losses([0.54, 0.53, 9]) })).toBeUndefined()
  expect(byHeart({ sigma, training, heldOut: losses([0.2, 0.2, 0.2]) })).toBeUndefined()
})

it('says in a sentence each what is known', () => {
  const ratio = { value: 0.02, low: 0.01, high: 0.03, standardError: 0.005 }
  const training = losses([0.5, 0.5, 0.5])
  const said = diagnosisSentences({
    levels: [{ sigma: 0.2, conservativity: ratio, scoreError: ratio }],
    lossByLevel: { sigma, training, heldOut: losses([0.6, 0.5, 0.5]) },
  })
  expect(said).toHaveLength(3)
  expect(said[0]).toContain('0.020 (0.010 to 0.030) at σ = 0.2;')
  expect(said[1]).toContain('known density')
  expect(said[2]).toContain('Near σ = 0.1 the loss of unseen rows is 1.2')
  expect(diagnosisSentences({ isGradient: true, levels: [] })).toEqual([
    'The score is the gradient of a density, by the form of the model.',
  ])
  expect(diagnosisSentences({ levels: [] })).toEqual([])
})
