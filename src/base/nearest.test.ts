import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

const names = ['train', 'evaluate', 'heun', 'edm', 'wine', 'A', 'n', 'autoregressive']

describe('nearest', () => {
  it.each([
    ['trian', 'train'],
    ['huen', 'heun'],
    ['emd', 'edm'],
    ['EDM', 'edm'],
    ['edm2', 'edm'],
    ['whine', 'wine'],
    ['evalute', 'evaluate'],
    ['a', 'A'],
    ['auto', 'autoregressive'],
    ['wine-2', 'wine'],
  ])('takes %s for %s', (word, meant) => expect(nearest(word, names)).toBe(meant))

  // Each of these is two edits or fewer from a name, or holds one, and is nothing like it.
  it.each(['w0', 'b', 'x1', 'dim', 'wo', '', 'tr', 'sample'])('takes %s for none', (word) =>
    expect(nearest(word, names)).toBeUndefined(),
  )

  it('prefers few edits to a common beginning', () => {
    expect(nearest('heun', ['heun-of-old', 'heum'])).toBe('heum')
    expect(nearest('step', ['', 'stepSize', 'steps'])).toBe('steps')
  })
})

describe('didYouMean', () => {
  it('is the end of a message, or nothing', () => {
    expect(didYouMean('whine', names)).toBe(' Did you mean wine?')
    expect(didYouMean('whine', names, '"')).toBe(' Did you mean "wine"?')
    expect(didYouMean('w0', names)).toBe('')
  })
})
