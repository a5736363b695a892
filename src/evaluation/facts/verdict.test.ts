import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aspectsOf } from './aspects/index.ts'
import { type Claim, claimOfMark, claimsOf, needs } from './claims.test-helper.ts'
import { estimatesIn, evidences, pictureFigures } from './evidence.test-helper.ts'
import type { Evidence, LikelihoodFigures } from './evidence.ts'
import { fewestRows, type Statement } from './fact.ts'
import { type Mark, markOf, marks, sideOf, worstMark } from './mark.ts'
import { verdictOf } from './verdict.ts'

/** What each mark leaves possible. */
const possible: Readonly<Record<Mark, readonly string[]>> = {
  good: ['good'],
  'good or fair': ['good', 'fair'],
  fair: ['fair'],
  'not shown': ['good', 'fair', 'poor'],
  'fair or poor': ['fair', 'poor'],
  poor: ['poor'],
}

describe('a mark', () => {
  const limits = { good: 0.1, fair: 0.3 }
  const bandOf = (value: number): string => (value <= 0.1 ? 'good' : value <= 0.3 ? 'fair' : 'poor')

  it('leaves possible what the interval reaches into, and nothing else', () =>
    fc.assert(
      fc.property(estimatesIn(0, 0.5), (given) => {
        const grid = Array.from({ length: 1001 }, (_, i) => given.low + ((given.high - given.low) * i) / 1000)
        const bands = new Set([...grid, given.low, given.high].map(bandOf))
        expect([...bands].sort()).toEqual([...possible[markOf(given, limits)]].sort())
      }),
      { numRuns: 300 },
    ))

  it('never says more for a wider interval', () =>
    fc.assert(
      fc.property(estimatesIn(0, 0.5), estimatesIn(0, 0.5), (a, b) => {
        const both = { value: a.value, low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }
        expect(possible[markOf(both, limits)]).toEqual(
          expect.arrayContaining([...possible[markOf(a, limits)]]),
        )
      }),
    ))

  it('is not given where there is no interval', () => {
    for (const [low, high] of [
      [Number.NaN, 0.05],
      [0.05, Number.NaN],
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      [0.2, 0.05],
    ] as const)
      expect(markOf({ value: 0.05, low, high }, limits)).toBe('not shown')
  })

  it('of several is the worst', () => {
    expect(worstMark(['good', 'not shown', 'fair'])).toBe('not shown')
    expect(worstMark([...marks])).toBe('poor')
    expect(worstMark([])).toBeUndefined()
  })

  it('of two is more only above 0', () => {
    expect(sideOf({ value: 1, low: 0.1, high: 2 })).toBe('more')
    expect(sideOf({ value: -1, low: -2, high: -0.1 })).toBe('less')
    expect(sideOf({ value: 1, low: 0, high: 2 })).toBe('not shown')
    expect(sideOf({ value: 1, low: Number.NaN, high: 2 })).toBe('not shown')
  })
})

describe('what is said', () => {
  const complete = fc.sample(
    evidences.filter(
      (given) =>
        !given.pictures && verdictOf(given).unmeasured.length === 0 && given.samples?.figures.length === 7,
    ),
    { numRuns: 1, seed: 1 },
  )[0]!
  const ofPictures: Evidence = {
    ...complete,
    pictures: fc.sample(
      pictureFigures.filter(({ agreement }) => agreement !== undefined),
      { numRuns: 1, seed: 1 },
    )[0]!,
  }
  const older: Evidence = {
    ...complete,
    samples: {
      ...complete.samples!,
      figures: complete.samples!.figures.filter(({ metric }) => !/^(shape|trend)-error$/.test(metric)),
    },
  }

  it('claims nothing that its interval does not support', () =>
    fc.assert(
      fc.property(evidences, (evidence) => {
        const wrong = verdictOf(evidence).facts.flatMap(({ name, says }) => {
          const { low, high, good, fair, rows } = needs[name]!(evidence)
          const allowed: Readonly<Record<Claim, boolean>> = {
            praise: high <= good,
            excludesPoor: high <= fair,
            middling: low > good && high <= fair,
            excludesGood: low > good,
            blame: low > fair,
          }
          return claimsOf(says.replaceAll('picture', 'row'))
            .filter((claim) => rows < fewestRows || !allowed[claim])
            .map((claim) => `${claim}, of ${rows} rows, ${low} to ${high}: ${says}`)
        })
        expect(wrong).toEqual([])
      }),
      { numRuns: 500 },
    ))

  it('is a claim of the kind that its mark allows, for every aspect and mark', () => {
    // With and without the measures of papers, so that older evaluations are asked for their words, too.
    for (const evidence of [complete, older, ofPictures]) {
      const aspects = aspectsOf(evidence)
      const found = aspects.flatMap(({ name, wordsOf }) =>
        marks.map((mark) => [name, mark, claimsOf(wordsOf(evidence)![mark])]),
      )
      expect(found).toEqual(
        aspects.flatMap(({ name }) =>
          // Better or worse than simple models: between the two there is nothing to be claimed.
          marks.map((mark) => [
            name,
            mark,
            name === 'likelihood' && mark.includes('fair') ? [] : claimOfMark[mark],
          ]),
        ),
      )
    }
  })

  it('begins with its subject: no question stands before the verb that answers it', () => {
    for (const { name, wordsOf } of [...aspectsOf(complete), ...aspectsOf(ofPictures)])
      for (const words of Object.values(wordsOf(ofPictures)!)) {
        expect(words, name).not.toMatch(/^(Whether|How|What|Which)\b/)
        // What is left open is the object of the last clause.
        expect(words.split('; ').at(-1), name).not.toMatch(/^(whether|how)\b/)
      }
  })

  it('differs from mark to mark', () => {
    for (const { name, wordsOf } of [...aspectsOf(complete), ...aspectsOf(ofPictures)]) {
      if (name === 'likelihood') continue
      expect(new Set(Object.values(wordsOf(ofPictures)!)).size, name).toBe(marks.length)
    }
  })

  it('counts every fact once, names each that is not good, and says more of it', () =>
    fc.assert(
      fc.property(evidences, (evidence) => {
        const { facts, sentences, unmeasured, mark } = verdictOf(evidence)
        expect([...facts.map(({ name }) => name), ...unmeasured].sort()).toEqual(
          aspectsOf(evidence)
            .map(({ name }) => name)
            .sort(),
        )
        expect(mark).toBe(worstMark(facts.map((fact) => fact.mark)))
        if (facts.length === 0) return
        const [first, ...rest] = sentences
        const counted = [...first!.matchAll(/(\d+) (?:is|are) /g)].reduce(
          (sum, [, count]) => sum + Number(count),
          0,
        )
        const open = facts.filter((fact) => fact.mark === 'not shown')
        expect(counted + open.length).toBe(facts.length)
        for (const fact of facts.filter((one) => one.mark !== 'good')) {
          expect(first).toContain(fact.name)
          expect(rest).toContain(fact.says)
        }
      }),
    ))

  it('is said of pictures where they were judged, and never of rows', () =>
    fc.assert(
      fc.property(evidences, pictureFigures, (evidence, pictures) => {
        const { facts, sentences } = verdictOf({ ...evidence, pictures })
        const said = [...sentences, ...facts.flatMap(({ title, rule, says }) => [title, rule, says])]
        expect(said.filter((sentence) => /\brows?\b/.test(sentence))).toEqual([])
      }),
      { numRuns: 50 },
    ))

  it('cannot be made up: a sentence that no interval gave is none', () => {
    // @ts-expect-error a string is no statement
    const made: Statement = 'Synthetic rows are perfect.'
    expect(made).toBeDefined()
  })
})

describe('the sentences of the trial', () => {
  const evidence = (given: Partial<Evidence>): Evidence => ({
    against: 'held-out rows',
    likelihood: { model: { value: 0, low: -1, high: 1, standardError: 0.5, rows: 60 }, baselines: [] },
    ...given,
  })
  const saysOf = (given: Evidence, name: string): string =>
    verdictOf(given).facts.find((fact) => fact.name === name)!.says

  it('do not call 0.58 (0.41 to 0.73) hard to tell', () => {
    const floor = { value: 0.5, low: 0.35, high: 0.65 }
    const figure = { name: 'classifier', metric: 'classifier', better: 'half', rows: 60 } as const
    const samples = {
      seed: 0,
      columns: ['a'],
      rows: { real: 60, heldOut: 60, synthetic: 60 },
      confidence: 0.95,
      figures: [{ ...figure, value: 0.58, low: 0.41, high: 0.73, floor }],
    }
    const says = saysOf(evidence({ samples }), 'realism')
    expect(says).toContain('60 rows a side do not show whether they are hard to tell')
    expect(says).toContain('58 (41 to 73) times in 100')
  })

  it('do not say that predictors do 6.1 % worse where 0 is in the interval', () => {
    const utility = {
      target: 'y',
      chosenBy: 'its name',
      measure: 'R²',
      real: { value: 0.4, low: 0.3, high: 0.47 },
      synthetic: { value: 0.37, low: 0.3, high: 0.44 },
      relativeDifference: { value: -0.061, low: -0.18, high: 0.09 },
      rows: 300,
      heldOutRows: 324,
      copiesLeftOut: 0,
    }
    const says = saysOf(evidence({ utility }), 'usefulness')
    expect(says).toMatch(/^324 rows do not show whether /)
    expect(says).toContain('a relative difference of −6 % (−18 to 9 %)')
  })

  it('take no share of what real rows do not teach either', () => {
    const utility = {
      target: 'y',
      chosenBy: 'its name',
      measure: 'R²',
      real: { value: -0.02, low: -0.06, high: 0.03 },
      synthetic: { value: -0.04, low: -0.09, high: 0.01 },
      // −0.04/−0.02 − 1: twice as bad looks twice as good.
      relativeDifference: { value: 1, low: 0.4, high: 2 },
      rows: 300,
      heldOutRows: 300,
      copiesLeftOut: 0,
    }
    const says = saysOf(evidence({ utility }), 'usefulness')
    expect(says).toContain('not shown that real rows teach anything of it either')
    expect(says).not.toContain('relative difference')
  })

  it('praise no model above all simple ones for its lead over the best alone', () => {
    const rows = { standardError: 0.1, rows: 256 }
    const model = { value: -1, low: -1.2, high: -0.8, ...rows }
    const baseline = (name: string, value: number, half: number): LikelihoodFigures['baselines'][number] => ({
      name,
      summary: '',
      logDensity: { ...model, value: -1 - value },
      advantage: { value, low: value - half, high: value + half, ...rows },
    })
    const likelihood = {
      model,
      baselines: [baseline('gaussian', 0.5, 0.6), baseline('gaussian-mixture', 0.2, 0.1)],
    }
    expect(saysOf(evidence({ likelihood }), 'likelihood')).toMatch(
      /do not show whether .* closest simple one, a Gaussian:/,
    )
  })
})
