import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import type { ReportData } from './data.ts'
import { reportHtml, verdictOfReport } from './index.ts'
import { dark, light, mapOpacity, type Palette } from './palette.ts'
import { nastyName, someReportData } from './report.test-helper.ts'

const data = someReportData()
const text = reportHtml(data)
const { document } = new JSDOM(text).window
const all = (selector: string): Element[] => [...document.querySelectorAll(selector)]

/** The data without the parts that older evaluations lack, or that few rows rule out. */
function least(): ReportData {
  const { leastLikely: _, mostRecognisable: __, privacy: p, utility: u, evaluation, training, ...rest } = data
  const { samples: ___, ...judged } = evaluation
  const { byNoiseLevel: ____, reason: _____, seconds: ______, ...trained } = training
  return {
    ...rest,
    evaluation: { ...judged, likelihood: { ...judged.likelihood!, baselines: [] } },
    training: {
      ...trained,
      loss: { step: [], loss: [] },
      heldOut: { step: [], loss: [], standardError: [] },
    },
  }
}

describe('the section on training', () => {
  it('says how the score is where an evaluation knows it', () => {
    const diagnosed = reportHtml({
      ...data,
      evaluation: { ...data.evaluation, diagnosis: { isGradient: true, levels: [] } },
    })
    expect(diagnosed).toContain('The score is the gradient of a density, by the form of the model.')
    expect(text).not.toContain('by the form of the model')
  })
})

describe('the page as a document', () => {
  it('is well-formed: as XML, its parts nest and its attributes are quoted', () => {
    const xml = text
      .replace('<!doctype html>\n', '')
      // These two are void in HTML.
      .replace(/<(meta|link)([^>]*)>/g, '<$1$2/>')
    const parsed = new JSDOM(xml, { contentType: 'application/xhtml+xml' }).window.document
    expect(parsed.querySelectorAll('svg').length).toBe(all('svg').length)
    expect(parsed.querySelectorAll('section').length).toBe(all('section').length)
  })

  it('gives each id once, and refers only to ids that are there', () => {
    const ids = all('[id]').map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const named = all('[aria-labelledby]').flatMap((element) =>
      element.getAttribute('aria-labelledby')!.split(' '),
    )
    const linked = all('a[href^="#"]').map((link) => link.getAttribute('href')!.slice(1))
    expect([...named, ...linked].filter((id) => !ids.includes(id))).toEqual([])
  })

  it('fetches nothing, runs nothing, and forbids both', () => {
    expect(all('script, iframe, object, embed, img, form, base').length).toBe(0)
    expect(
      all('*').flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on'))),
    ).toEqual([])
    const addresses = all('[src], [href]').map(
      (element) => element.getAttribute('src') ?? element.getAttribute('href')!,
    )
    expect(addresses.filter((address) => !address.startsWith('#') && address !== 'data:,')).toEqual([])
    expect(text).not.toMatch(/@import|url\(|https?:/)
    const policy = document
      .querySelector('meta[http-equiv="Content-Security-Policy"]')!
      .getAttribute('content')
    expect(policy).toMatch(/^default-src 'none';/)
  })

  it('shows names and words as they are, whatever they hold', () => {
    const headings = all('h3').map(({ textContent }) => textContent)
    expect(headings).toContain(nastyName)
    expect(all('td, th').map(({ textContent }) => textContent)).toContain('"quoted" <b>')
    expect(document.title).toContain('a run <of> "mine"')
    expect(text).not.toContain('<script')
  })

  it('leaves nothing unsaid by accident', () => {
    for (const page of [
      document.body.textContent!,
      new JSDOM(reportHtml(least())).window.document.body.textContent!,
    ])
      expect(page).not.toMatch(/\b(undefined|NaN|null|Infinity)\b|\[object/)
    expect(
      all('svg *').filter((element) =>
        element
          .getAttributeNames()
          .some((name) => /NaN|Infinity|undefined/.test(element.getAttribute(name)!)),
      ),
    ).toEqual([])
  })

  it('stays far below two megabytes with many columns', () => {
    const [first] = data.tables.real.columns
    const copies = Array.from({ length: 400 }, (_, i) => ({ ...first!, name: `column ${i}` }))
    const wide = {
      ...data.tables,
      real: { ...data.tables.real, columns: copies },
      synthetic: { ...data.tables.synthetic, columns: copies },
    }
    expect(reportHtml({ ...data, tables: wide }).length).toBeLessThan(1e6)
  })
})

describe('the page for everybody', () => {
  it('has one first heading, and none that skips a level', () => {
    const levels = all('h1, h2, h3, h4, h5, h6').map(({ tagName }) => Number(tagName[1]))
    expect(levels.filter((level) => level === 1)).toEqual([1])
    expect(levels[0]).toBe(1)
    expect(levels.filter((level, i) => i > 0 && level > levels[i - 1]! + 1)).toEqual([])
  })

  it('says the verdict first', () => {
    const sections = all('main > section').map(({ id }) => id)
    expect(sections).toEqual([
      'verdict',
      'training',
      'columns',
      'pairs',
      'associations',
      'likelihood',
      'two-sample',
      'utility',
      'privacy',
      'worst-rows',
      'settings',
      'reproduce',
    ])
  })

  it('names every drawing and says what there is to see, or hides what only decorates', () => {
    for (const svg of all('svg')) {
      if (svg.getAttribute('aria-hidden') === 'true') continue
      expect(svg.getAttribute('role')).toBe('img')
      expect(svg.querySelector('title')!.textContent).not.toBe('')
      expect(svg.querySelector('desc')!.textContent!.length).toBeGreaterThan(15)
    }
    expect(all('figure svg[role=img]').length).toBeGreaterThan(15)
  })

  it('gives every drawing its numbers in a table, in the figure or in its section', () => {
    for (const figure of all('figure')) {
      const own = figure.querySelector('details table')
      const near = figure.closest('section')!.querySelector('table')
      expect(own ?? near).not.toBeNull()
    }
  })

  it('captions every table and names its columns and rows', () => {
    for (const table of all('table')) {
      expect(table.querySelector('caption')!.textContent).not.toBe('')
      const heads = [...table.querySelectorAll('thead th')]
      expect(heads.every((head) => head.getAttribute('scope') === 'col')).toBe(true)
      for (const row of table.querySelectorAll('tbody tr')) {
        expect(row.querySelector('th')!.getAttribute('scope')).toBe('row')
        expect(row.children.length).toBe(heads.length)
      }
    }
  })

  it('can be entered by keyboard: a skip link first, boxes that scroll in the order of the page', () => {
    const [first] = all('a[href], summary, [tabindex="0"]')
    expect([first!.className, first!.getAttribute('href')]).toEqual(['skip', '#main'])
    expect(all('[tabindex]').filter((element) => Number(element.getAttribute('tabindex')) > 0)).toEqual([])
  })
})

describe('the palettes', () => {
  const channel = (value: number): number =>
    value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  const rgb = (hex: string): number[] =>
    [1, 3, 5].map((from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255)
  /** Relative luminance of WCAG 2.2. */
  const luminance = (colour: readonly number[]): number =>
    0.2126 * channel(colour[0]!) + 0.7152 * channel(colour[1]!) + 0.0722 * channel(colour[2]!)
  const contrast = (a: readonly number[], b: readonly number[]): number => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
    return (high! + 0.05) / (low! + 0.05)
  }

  it('are measured as the standard says', () => {
    expect(contrast(rgb('#000000'), rgb('#ffffff'))).toBeCloseTo(21, 6)
    expect(contrast(rgb('#767676'), rgb('#ffffff'))).toBeCloseTo(4.54, 2)
  })

  it.each([
    ['light', light],
    ['dark', dark],
  ])('%s: words reach 4.5 : 1 on every ground, drawings 3 : 1', (_, palette: Palette) => {
    for (const ground of [palette.page, palette.panel, palette.sunken])
      for (const word of ['ink', 'quiet', 'link'] as const)
        expect(contrast(rgb(palette[word]), rgb(ground)), `${word} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    for (const word of ['real', 'synthetic', 'good', 'fair', 'poor'] as const)
      expect(contrast(rgb(palette[word]), rgb(palette.panel)), word).toBeGreaterThanOrEqual(4.5)
    expect(contrast(rgb(palette.neutral), rgb(palette.panel))).toBeGreaterThanOrEqual(3)
    for (const shade of ['real', 'synthetic'] as const) {
      const mixed = rgb(palette[shade]).map(
        (value, k) => mapOpacity * value + (1 - mapOpacity) * rgb(palette.panel)[k]!,
      )
      expect(
        contrast(rgb(palette.ink), mixed),
        `ink on the darkest ${shade} of a map`,
      ).toBeGreaterThanOrEqual(4.5)
    }
  })
})

describe('the figures', () => {
  /** Rows of the table with this caption, cell by cell. */
  const rowsOf = (section: string, caption: RegExp): string[][] => {
    const table = all(`#${section} table`).find((one) =>
      caption.test(one.querySelector('caption')!.textContent!),
    )!
    return [...table.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map(({ textContent }) => textContent!),
    )
  }
  const parsed = (cell: string): number[] =>
    [...cell.matchAll(/[−\d][\d,.]*/g)].map(([number]) =>
      Number(number.replace('−', '-').replaceAll(',', '')),
    )
  const agrees = (cell: string, { value, low, high }: { value: number; low: number; high: number }): void => {
    const told = parsed(cell)
    const tolerance = Math.max(0.06 * (high - low), 1e-6)
    for (const [i, exact] of [value, low, high].entries())
      expect(Math.abs(told[i]! - exact)).toBeLessThanOrEqual(tolerance)
  }

  it('of samples are those of the evaluation, with floors', () => {
    const rows = rowsOf('two-sample', /^Synthetic rows against/)
    const whole = data.evaluation.samples!.figures.filter(({ column }) => column === undefined)
    expect(rows.map(([name]) => name)).toEqual(whole.map(({ name }) => name))
    rows.forEach((row, i) => {
      agrees(row[1]!, whole[i]!)
      agrees(row[2]!, whole[i]!.floor)
    })
  })

  it('of likelihood are those of the evaluation', () => {
    const [model, ...rest] = rowsOf('likelihood', /^Mean log-density/)
    agrees(model![1]!, data.evaluation.likelihood!.model)
    rest.forEach((row, i) => {
      agrees(row[1]!, data.evaluation.likelihood!.baselines[i]!.logDensity)
      agrees(row[2]!, data.evaluation.likelihood!.baselines[i]!.advantage)
    })
  })

  it('draw no column of one value throughout, but list it', () => {
    expect(all('#columns h3').map(({ textContent }) => textContent)).not.toContain('same')
    expect(rowsOf('columns', /^Rows to move/).map(([name]) => name)).toContain('same')
  })

  it('count gaps on either side', () => {
    const row = rowsOf('columns', /^Rows to move/).find(([name]) => name === 'height, cm')!
    expect(row.slice(5, 7)).toEqual(['10 %', '10 %'])
  })

  it('are shown with their dates as dates', () => {
    const cells = rowsOf('columns', /^born/).flat()
    expect(cells.filter((cell) => /^\d{4}-\d\d-\d\d$/.test(cell)).length).toBeGreaterThan(10)
  })

  it('of privacy and usefulness enter the verdict, and copies spoil it', () => {
    const marksOf = (given: ReportData): Record<string, string> =>
      Object.fromEntries(verdictOfReport(given).facts.map(({ name, mark }) => [name, mark]))
    const said = (given: ReportData): string => verdictOfReport(given).sentences.join(' ')
    // Few rows, wide intervals: −2.5 % (−10 % to 5 %) is not shown to be a loss, 2 copies not shown to be many.
    expect(marksOf(data)).toMatchObject({ usefulness: 'good or fair', membership: 'good or fair' })
    expect(said(data)).not.toMatch(/2\.5 % worse|do worse/)
    const copied: NonNullable<ReportData['privacy']> = {
      ...data.privacy!,
      figures: [
        {
          name: 'copies',
          ...{ value: 0.25, low: 0.2, high: 0.31 },
          floor: { value: 0.01, low: 0, high: 0.02 },
          rows: 240,
        },
      ],
    }
    expect(marksOf({ ...data, privacy: copied })['copies']).toBe('poor')
    expect(said({ ...data, privacy: copied })).toContain(
      'Synthetic rows often equal a training row, more often than real rows do: 25.0 % (20.0 to 31.0 %) do; 1.0 % (0.0 to 2.0 %) of training rows equal another one.',
    )
  })

  it('of privacy stand in their section, with the columns but no value', () => {
    const rows = rowsOf('privacy', /^Figures of privacy.*all 12,345 training rows/)
    expect(rows[0]).toEqual([
      'Synthetic rows that equal a training row',
      '0.80 % (0.20 to 1.20 %)',
      '0.70 % (0.60 to 0.80 %) of training rows equal another one',
    ])
    expect(rows[1]![0]).toMatch(/only one training row has; in word$/)
  })

  it('of privacy are shown as far as an older evaluation holds them', () => {
    const { copies, membership, nearer, closest } = data.privacy!
    const page = (privacy: NonNullable<ReportData['privacy']>): string =>
      new JSDOM(reportHtml({ ...data, privacy })).window.document.querySelector('#privacy')!.textContent!
    expect(page({ copies, membership, nearer: nearer!, closest: closest! })).toMatch(/0\.80? %/)
    expect(page({ copies: { ...copies, synthetic: 60 }, membership })).toContain('often equal a training row')
  })

  it('make a worse verdict of worse rows', () => {
    const far = new JSDOM(reportHtml(someReportData(4))).window.document
    const said = (page: Document): string => page.querySelector('#verdict ul')!.textContent!
    expect(said(far)).toContain('easily told from real ones')
    expect(far.querySelector('.verdict')!.classList.contains('poor')).toBe(true)
    expect(said(document)).not.toContain('are easily told')
  })
})
