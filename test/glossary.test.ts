import { describe, expect, it } from 'vitest'
import { aspects, baselines, metrics, privacyMeasures, tableMetrics } from '../src/evaluation/index.ts'
import { document, namesIn } from './documents.ts'

const glossary = document('docs/glossary.md')

/** What the rows of its tables begin with. */
const firstCells = [...glossary.prose.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell]) => namesIn(cell!))

/** What the glossary explains: what is bold, what a row of a table begins with, and the baselines. */
const explained: readonly string[] = [
  ...bold(glossary.prose),
  ...firstCells,
  ...namesIn(/^- \*\*baseline\*\*[\s\S]*?(?=\n- )/m.exec(glossary.prose)![0]),
]

function bold(text: string): string[] {
  return [...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, term]) => term!)
}

/** The words of the field in README, as they stand there. */
const inReadme: Readonly<Record<string, RegExp>> = {
  score: /\bscore\b/,
  density: /\bdensity\b/,
  'log-density': /\blog-density\b/,
  nat: /\bnats\b/,
  'noise level': /\bnoise levels?\b/,
  'noise process': /\bnoise process/,
  objective: /\bobjective\b/,
  interval: /\binterval\b/,
  encoding: /\bencoding\b/,
  step: /\bsteps\b/,
  seed: /\bseed\b/,
  denoiser: /\bdenoiser\b/,
  family: /\bfamil(y|ies)\b/,
  energy: /\benergies\b/,
  flow: /\bflows\b/,
  autoregressive: /\bautoregressive\b/,
  sampler: /\bsampler\b/,
  'probability flow': /\bprobability flow\b/,
  grid: /\btime grids?\b/,
  network: /\bnetworks?\b/,
  baseline: /\bbaselines\b/,
  verdict: /\bVerdict\b/,
  condition: /\bconditions\b/,
  gap: /\bgaps\b/,
}

describe('the glossary', () => {
  it.each(Object.entries(inReadme))('explains %s, a word of README', (term, form) => {
    expect(document('README.md').text).toMatch(form)
    expect(explained).toContain(term)
  })

  it.each([
    ...aspects.map(({ name }) => name),
    'correlations', // told where pairs are not measured
    ...metrics.map(({ name }) => name),
    ...tableMetrics.map(({ name }) => name),
    ...privacyMeasures.map(({ name }) => name),
    ...baselines.map(({ name }) => name),
  ])('explains %s, which evaluate prints', (name) => {
    expect(explained).toContain(name)
  })

  it('explains each word once', () => {
    for (const terms of [bold(glossary.prose), firstCells])
      expect(terms.filter((term, i) => terms.indexOf(term) !== i)).toEqual([])
  })

  it('is linked from README and from the list of documents', () => {
    expect(document('README.md').links.some((link) => link.startsWith('docs/glossary.md'))).toBe(true)
    expect(document('docs/README.md').links).toContain('glossary.md')
  })
})
