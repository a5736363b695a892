import { describe, expect, it } from 'vitest'
import { toyData } from '../run/data/toy.ts'
import { modelCard } from './model-card.ts'
import { type ReportData, reportHtml } from './page/index.ts'
import { nastyName, someReportData } from './page/report.test-helper.ts'

const data = someReportData()
const card = modelCard(data)
const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(card) ?? []

/** The sections of a card, heading → text. */
function sectionsOf(text: string): Map<string, string> {
  const parts = text.split(/^## /m).slice(1)
  return new Map(
    parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]),
  )
}

/** What a run on a toy, just made by an older release, knows. */
function least(): ReportData {
  const { sha256: _, ...source } = data.source
  const { reason: __, seconds: ___, parameters: ____, byNoiseLevel: _____, ...training } = data.training
  const { samples: ______, ...evaluation } = data.evaluation
  return {
    ...data,
    run: { ...data.run, created: '', versions: {}, commandLine: [], settings: [] },
    source: {
      ...source,
      words: toyData.words,
      name: 'toy:rings',
      rows: null,
      trainingRows: null,
      validationRows: null,
      testRows: null,
      notes: [],
    },
    training: {
      ...training,
      loss: { step: [], loss: [] },
      heldOut: { step: [], loss: [], standardError: [] },
    },
    evaluation: { ...evaluation, likelihood: { ...evaluation.likelihood!, baselines: [] } },
  }
}

describe('a model card', () => {
  it('says where a training started, and that no figure of privacy sees the rows of that run', () => {
    const warm = { ...data, training: { ...data.training, startedFrom: nastyName } }
    const [before, after] = [sectionsOf(body), sectionsOf(modelCard(warm))]
    expect(before.get('Privacy')).not.toContain('started from')
    expect(after.get('Privacy')).toMatch(
      /started from the weights of the run .* no figure here looks for them/,
    )
    expect(after.get('Training')).toContain('It started from the weights of the run')
    expect(reportHtml(warm)).toContain('no figure here looks for them')
    expect(reportHtml(data)).not.toContain('no figure here looks for them')
  })

  it('has front matter of the YAML that hubs read: keys, lists, plain words and quoted strings', () => {
    const scalar = String.raw`("(?:[^"\\]|\\.)*"|[\w.-]+)`
    const line = new RegExp(`^( *)(- )?([\\w-]+:( ${scalar})?|${scalar})$`)
    for (const one of front.split('\n')) expect(one).toMatch(line)
    for (const [quoted] of front.matchAll(/"(?:[^"\\]|\\.)*"/g)) expect(JSON.parse(quoted)).not.toBe('')
    expect(front).toContain('library_name: scorefield')
    expect(front).toContain(`name: ${JSON.stringify(data.run.name)}`)
    const value = Number(/type: roc_auc\n.*\n *value: (.*)/.exec(front)![1])
    expect(value).toBe(data.evaluation.samples!.figures.find(({ metric }) => metric === 'classifier')!.value)
  })

  it.each([
    ['of a table', data],
    ['of a run of which little is known', least()],
  ])('%s leaves no field empty', (_, given) => {
    const text = modelCard(given)
    expect(text).not.toMatch(/\b(undefined|NaN|null|Infinity|TODO|TBD)\b|\[object|\[More Information/)
    const sections = sectionsOf(text)
    expect([...sections.keys()]).toEqual([...sectionsOf(card).keys()])
    for (const [heading, content] of sections) expect(content.length, heading).toBeGreaterThan(10)
    for (const field of text.matchAll(/^- ([^:\n]+):(.*)$/gm)) expect(field[2]!.trim(), field[1]).not.toBe('')
    for (const row of text.matchAll(/^\| (.*) \|$/gm))
      for (const cell of row[1]!.split(/(?<!\\)\|/)) expect(cell.trim(), row[0]).not.toBe('')
  })

  it('shows names as they are: no markup of theirs is left, no bar cuts a row', () => {
    const rows = [...body.matchAll(/^\|.*\|$/gm)].map(([row]) => row)
    const cells = (row: string): number => row.split(/(?<!\\)\|/).length
    for (const [i, row] of rows.entries())
      if (/^\|( --- \|)+$/.test(row))
        expect([cells(rows[i - 1]!), cells(rows[i + 1]!)]).toEqual([cells(row), cells(row)])
    expect(body).not.toMatch(/(?<!\\)<script/)
    const shown = rows.find((row) => row.includes('script'))!
    expect(shown.replace(/\\([\\`*_[\]<>|#&])/g, '$1')).toContain(nastyName)
  })

  it('says which aspects are weak among the limits', () => {
    const far = sectionsOf(modelCard(someReportData(4)))
    expect(far.get('Limits')).toContain('- Poor: realism. ')
    expect(far.get('How good it is')).toContain('easily told from real ones')
  })

  it('gives commands that a shell reads as they were typed', () => {
    expect(sectionsOf(card).get('How to make it again')).toContain(
      String.raw`npx scorefield train 'it'\''s here.csv' --out runs/mine`,
    )
    expect(sectionsOf(card).get('How to use it')).toContain(
      'npx scorefield sample runs/mine -n 1000 -o new.csv',
    )
  })
})
