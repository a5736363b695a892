import fc from 'fast-check'
import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import { evidences } from '../evaluation/facts/evidence.test-helper.ts'
import { verdictOf } from '../evaluation/index.ts'
import { modelCard, type ReportData } from '../report/index.ts'
import { someReportData } from '../report/page/report.test-helper.ts'
import { verdictSection } from '../report/page/sections/verdict.ts'
import type { RunEvaluation } from '../run/node.ts'
import { describeEvaluation } from './evaluate.text.ts'

const { privacy: _, utility: __, ...some } = someReportData()

/** What is said and marked in one place. */
interface Told {
  readonly sentences: readonly string[]
  readonly marks: readonly string[]
}

function onThePage(data: ReportData): Told {
  const { document } = new JSDOM(verdictSection(data).text).window
  const texts = (selector: string): string[] =>
    [...document.querySelectorAll(selector)].map(({ textContent }) => textContent!)
  return { sentences: texts('.said, li'), marks: texts('td .mark') }
}

function onTheCard(data: ReportData): Told {
  const section = modelCard(data).split('## How good it is\n')[1]!.split('\n## ')[0]!
  const plain = (text: string): string => text.replace(/\\([\\`*_[\]<>|#&])/g, '$1')
  const [first = '', ...lines] = section.trim().split('\n')
  const cells = lines.filter((line) => line.startsWith('| ')).map((line) => line.split(/(?<!\\)\| ?/))
  return {
    sentences: [first, ...lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2))].map(
      plain,
    ),
    marks: cells.filter((row) => row.at(-2)?.includes('poor beyond')).map((row) => row.at(-3)!.trim()),
  }
}

function onTheTerminal(evaluation: RunEvaluation): Told {
  const [first = '', ...lines] = describeEvaluation(evaluation).split('\n\n')[0]!.split('\n')
  const table = describeEvaluation(evaluation).split('\n\n')[1]!.split('\n').slice(1)
  return {
    sentences: [first.replace(/^Verdict: /, ''), ...lines.map((line) => line.slice(2))],
    marks: table.map((line) => line.trim().split(/ {2,}/)[1]!),
  }
}

describe('the verdict of an evaluation', () => {
  it('is word for word and mark for mark the same on page, card and terminal', () =>
    fc.assert(
      fc.property(evidences, (evidence) => {
        const { privacy, utility, ...evaluation } = evidence
        const data: ReportData = {
          ...some,
          evaluation,
          ...(privacy && { privacy }),
          ...(utility && { utility }),
        }
        const { facts, sentences } = verdictOf(evidence)
        if (facts.length === 0) return
        const told = { sentences, marks: facts.map(({ mark }) => mark) }
        expect(onThePage(data)).toEqual(told)
        expect(onTheCard(data)).toEqual(told)
        const run = { run: 'r', weights: { kind: 'best', step: 1 } } as const
        expect(onTheTerminal({ ...run, ...evidence } as RunEvaluation)).toEqual(told)
      }),
      { numRuns: 50 },
    ))
})
