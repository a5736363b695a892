import { type Check, type Claim, type FigureTable, type Measured, nameOf, type Picture } from './claim.ts'
import { figure } from './figures.ts'

const opening = `# The theory's claims, measured

Score-based modelling rests on a few sentences. Each of them is a program here that measures it and fails if it does not hold:
\`examples/claims\`. This page was written by them:

\`\`\`sh
npm run claims                       # all of them, and this page anew
npm run claims -- --only 3           # one of them
npm run claims -- --small --no-page  # seconds in place of minutes
\`\`\`

Figures with ± are means with their standard error. Times are of one run on a quiet machine of two cores: read their
ratios. The [glossary](glossary.md) explains the words.
`

/** The page with this claim's section put in its place; the others stay as they are. */
export function pageWith(page: string, number: number, section: string): string {
  const sections = new Map(
    page
      .split(/^(?=## \d+\. )/m)
      .slice(1)
      .map((text) => [Number(/\d+/.exec(text)![0]), text.trimEnd()]),
  )
  sections.set(number, section)
  const ordered = [...sections].sort(([a], [b]) => a - b).map(([, text]) => text)
  return `${[opening.trimEnd(), ...ordered].join('\n\n')}\n`
}

/** A claim's section. */
export function sectionOf(claim: Claim, measured: Measured, seconds: number): string {
  const { number, title, source, why, limits } = claim
  const parts = [
    `## ${number}. ${title}`,
    `> ${claim.claim}`,
    `${why} ${source}.`,
    measured.verdict,
    ...measured.pictures.map(({ name, alt, kind }) => `![${alt}](images/claims/${fileOf(name, kind)})`),
    ...measured.tables.flatMap(({ caption, ...table }) => [`${caption}:`, tableText(table)]),
    'What the program holds to be so:',
    tableText({
      columns: ['what', 'bound', 'measured'],
      rows: measured.checks.map((check) => [check.what, boundOf(check), figure(check.measured)]),
    }),
    `**What this does not show:** ${limits}`,
    `[${nameOf(claim)}.ts](../examples/claims/${nameOf(claim)}.ts), \`npm run claims -- --only ${number}\`; ${figure(seconds, 2)} s.`,
  ]
  return parts.join('\n\n')
}

/** Curves are lines, small as SVG; the others are areas, small as PNG. */
export function fileOf(name: string, kind: Picture['kind']): string {
  return `${name}.${kind === 'curves' ? 'svg' : 'png'}`
}

function boundOf({ atLeast, atMost }: Check): string {
  const bounds = [
    atLeast === undefined ? '' : `at least ${plainly(atLeast)}`,
    atMost === undefined ? '' : `at most ${plainly(atMost)}`,
  ]
  return bounds.filter(Boolean).join(', ')
}

/** A bound as it was written, without digits that say nothing. */
function plainly(value: number): string {
  return String(Number(value.toPrecision(3))).replaceAll('-', '−')
}

/** A table whose columns are aligned. */
function tableText(table: Omit<FigureTable, 'caption'>): string {
  const escaped = (cells: readonly string[]) => cells.map((cell) => cell.replaceAll('|', '\\|'))
  const [columns, rows] = [escaped(table.columns), table.rows.map(escaped)]
  const widths = columns.map((name, k) => Math.max(3, name.length, ...rows.map((row) => row[k]!.length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, k) => cell.padEnd(widths[k]!)).join(' | ')} |`
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
