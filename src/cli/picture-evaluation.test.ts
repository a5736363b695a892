import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunEvaluation } from '../run/node.ts'
import {
  type Outcome,
  scorefield,
  succeeded,
  temporaryFolder,
  tinyModel,
} from './command-line.test-helper.ts'

const folder = temporaryFolder()
const at = (...names: string[]): string => join(folder, ...names)
const data = at('digits.csv')
const run = at('runs', 'digits')

let judged: Outcome
let evaluation: RunEvaluation

beforeAll(async () => {
  const all = gunzipSync(readFileSync(new URL('../../data/digits/digits.csv.gz', import.meta.url))).toString()
  writeFileSync(data, all.split('\n').slice(0, 180).join('\n'))
  await succeeded(
    ...['train', data, '--kind', 'pictures', '--out', run, '--steps', '20'],
    ...['--set', 'model.network=residual-mlp', '--set', 'sampling.steps=4'],
    ...['--set', 'data.split.test=0.25', '--set', 'data.split.validation=0.1', ...tinyModel],
  )
  judged = await succeeded('evaluate', run, '--samples', '50', '--likelihood-rows', '4', '--threads', '1')
  evaluation = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))
}, 240_000)

describe('evaluate of pictures', () => {
  it('says in words how good they are, and never calls them rows', () => {
    expect(judged.out).toMatch(/^Verdict: Of 9 aspects measured, /)
    expect(judged.out).toContain('Synthetic pictures ')
    expect(judged.out.match(/^.*\brows?\b.*$/gm)).toBeNull()
  })

  it('tells what distances are measured in, and that they are no others', () => {
    expect(judged.out).toMatch(/64 features of a classifier of 10 labels, trained here on \d+ pictures/)
    expect(judged.out).toContain('They are not FID.')
    for (const name of ['frechet-distance', 'kernel-distance', 'classifier', 'density', 'coverage'])
      expect(judged.out).toMatch(new RegExp(`^  ${name} +[−\\d]`, 'm'))
  })

  it('has a classifier that tells digits that it never saw, and agreement label by label', () => {
    const { features, agreement } = evaluation.pictures!
    expect(features!.accuracy!.value).toBeGreaterThan(0.4)
    expect(agreement!.classes.map(({ label }) => label)).toEqual([...'0123456789'])
    expect(agreement!.floor.value).toBe(features!.accuracy!.value)
    // Twenty steps are too few for any label.
    expect(agreement!.value).toBeLessThan(agreement!.floor.value)
    expect(judged.out).toMatch(/^ {2}7 +\d.* % /m)
  })

  it('sees that an untrained model draws no digits, and copies none', () => {
    const markOf = (name: string): string | undefined =>
      evaluation.verdict!.facts.find((fact) => fact.name === name)?.mark
    expect(markOf('realism')).toBe('poor')
    expect(markOf('labels')).toBe('poor')
    const copies = evaluation.privacy!.figures.find(({ name }) => name === 'copies')!
    expect(copies.value).toBe(0)
  })

  it('tells bits for each number of a picture', () => {
    const { model, bitsPerDimension } = evaluation.likelihood!
    expect(bitsPerDimension!.value).toBeCloseTo(-model.value / (64 * Math.LN2), 12)
    expect(judged.out).toContain('In bits a dimension')
  })

  it('writes a report with sheets of each label and the nearest training pictures, and a card', () => {
    const page = readFileSync(join(run, 'report.html'), 'utf8')
    expect(
      page.match(/<img alt="Synthetic pictures of the label \d: \d pictures?" src="data:image\/png;base64,/g)!
        .length,
    ).toBeGreaterThan(7)
    expect(page).toContain('Nearest training pictures')
    expect(page).not.toContain('Each column by itself')
    const card = readFileSync(join(run, 'MODEL_CARD.md'), 'utf8')
    expect(card).toContain('image-generation')
    expect(card).not.toMatch(/Synthetic rows/)
  })

  it('does not train the features again', async () => {
    const kept = statSync(join(run, 'features.safetensors')).mtimeMs
    const { events } = await succeeded('evaluate', run, '--samples', '45', '--likelihood-rows', '2', '--json')
    expect(statSync(join(run, 'features.safetensors')).mtimeMs).toBe(kept)
    const { pictures, samples } = events().at(-1) as unknown as RunEvaluation
    expect(pictures!.features).toEqual(evaluation.pictures!.features)
    expect(samples!.rows.synthetic).toBe(45)
  })
})

it('compare says what can', async () => {
  const { code, err } = await scorefield('compare', data, '--set', 'data.kind=pictures', '--out', at('no'))
  expect(code).toBe(4)
  expect(err).toContain('(compare/kind)')
})
