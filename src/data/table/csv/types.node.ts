import type { DuckDBConnection } from '@duckdb/node-api'
import { literal } from '../duckdb.node.ts'
import { type KnownColumn, type KnownColumns, nothingKnown, staysText } from '../known-column.ts'
import { type Loaded, placeOf } from '../loaded.node.ts'
import type { Written } from '../table.ts'
import type { CsvOptions } from './csv.node.ts'
import { eachColumn } from './each-column.node.ts'
import { describeGaps, type GapWord, isOneOfThem, usualGaps } from './gaps.ts'
import {
  type NumberCells,
  type NumberFacts,
  numberCells,
  numberFacts,
  numberPattern,
  numberTerms,
} from './number-cells.node.ts'

/** What a first look at a column of text finds. */
interface Look {
  readonly place: number
  readonly name: string
  /** SQL of a cell without blanks around it. */
  readonly bare: string
  /** Cells that are neither empty nor a word of a gap. */
  readonly filled: number
  readonly empty: number
  /** Cells that are a word of a gap. */
  readonly gapWords: number
  readonly facts: NumberFacts
  /** Whether every cell that is not empty begins with a blank. */
  readonly isIndented: boolean
}

/**
 * Makes the table `loaded` of the table `raw`, whose cells are text: numbers, days and times where all cells of a column are,
 * and gaps where they mean "nothing here". What is text stays as it is.
 *
 * texts: places of columns that are text even where all cells are numbers, for the source says so. as: how columns were read
 * once.
 */
export async function typeCells(
  connection: DuckDBConnection,
  loaded: Loaded,
  options: CsvOptions,
  notes: string[],
  {
    texts: known = new Set(),
    as = nothingKnown,
  }: { readonly texts?: ReadonlySet<number>; readonly as?: KnownColumns | undefined } = {},
): Promise<void> {
  const found: GapWord[] = []
  const texts: TextCells[] = []
  for (const look of await looks(connection, loaded.names, options)) {
    const known = as.get(look.name)
    const { taken, kept } = await wordsOf(connection, look, options, known)
    // What is known was told when it was found.
    if (kept.length > 0 && known === undefined) notes.push(keptNote(look.name, kept))
    found.push(...taken)
    const own = (options.gaps ?? usualGaps).filter((word) => !kept.some((other) => other.word === word))
    texts.push({
      ...look,
      cell: cellWithoutGaps(look, own),
      gap: gapOf(look, taken),
    })
  }
  const numbers = new Set<number>()
  const columns: string[] = []
  for (const text of texts) {
    const { place, name, cell, gap, filled, facts } = text
    const isText = known.has(place) || staysText(as.get(name))
    const isNumeric = !isText && filled > 0 && facts.numbers === filled
    const number = isNumeric ? await numberCells(connection, text, options, notes) : undefined
    if (number) numbers.add(place)
    keep(loaded, place, number, gap)
    columns.push(`${number?.sql ?? textCell(text, cell)} as ${placeOf(place)}`)
  }
  const indented = texts.filter(({ place, isIndented }) => isIndented && !numbers.has(place))
  if (indented.length > 0)
    notes.push(`The blank before every cell was left out in ${indented.map(({ name }) => name).join(', ')}.`)
  notes.push(...describeGaps(found))
  await connection.run(`create or replace temp table loaded as select ${columns.join(', ')} from raw`)
  await connection.run('drop table raw')
}

/** A column of text, its gaps known. */
interface TextCells extends Look {
  /** SQL of a cell's text, null for a gap. */
  readonly cell: string
  /** How its gaps are written. */
  readonly gap: Written
}

/** SQL of a cell's text, null for a gap; as short as can be, for a table may have thousands of columns. */
function cellWithoutGaps({ place, bare, empty, gapWords }: Look, words: readonly string[]): string {
  if (gapWords > 0) return `if(${isGapCell(placeOf(place), words)}, null, ${bare})`
  return empty > 0 ? `nullif(${bare}, '')` : bare
}

/** The words of gaps in a column: those taken as such, and those kept as words of its own. */
async function wordsOf(
  connection: DuckDBConnection,
  look: Look,
  options: CsvOptions,
  known: KnownColumn | undefined,
): Promise<{ readonly taken: readonly GapWord[]; readonly kept: readonly GapWord[] }> {
  if (look.gapWords === 0) return { taken: [], kept: [] }
  const words = await gapWordsOf(connection, look, options.gaps ?? usualGaps)
  const kept =
    options.gaps !== undefined || known?.kind === 'number'
      ? []
      : known?.words
        ? words.filter(({ word }) => known.words!.has(word))
        : await keptWords(connection, look, words)
  return { taken: words.filter((word) => !kept.includes(word)), kept }
}

function keep(loaded: Loaded, place: number, numbers: NumberCells | undefined, gap: Written): void {
  const written = { ...gap, ...(numbers?.places === undefined ? {} : { places: numbers.places }) }
  if (Object.keys(written).length > 0) loaded.written.set(place, written)
  if (numbers?.type !== undefined) loaded.types.set(place, numbers.type)
}

const listOf = (words: readonly string[]): string => ['', ...words].map(literal).join(', ')

async function looks(
  connection: DuckDBConnection,
  names: readonly string[],
  options: CsvOptions,
): Promise<Look[]> {
  const gaps = options.gaps ?? usualGaps
  const number = literal(` *(?:${numberPattern(options)}) *`)
  // A number may be a gap, too, where somebody says so: -999.
  const isNumericGap = gaps.some((word) => new RegExp(`^(?:${numberPattern(options)})$`).test(word))
  const gap = isGapCell('cell', gaps)
  const isNumber = `regexp_full_match(cell, ${number})${isNumericGap ? ` and not ${gap}` : ''}`
  const found = await eachColumn(connection, 'raw', [
    'count(*)',
    `count_if(${gap})`,
    `count_if(trim(cell) = '')`,
    `count_if(starts_with(cell, ' '))`,
    ...numberTerms(isNumber, options),
  ])
  return names.map((name, place) => {
    const answer = found.get(place) ?? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    const [rows, noValue, empty, indented] = answer.map(Number) as [number, number, number, number]
    return {
      place,
      name,
      bare: `trim(${placeOf(place)})`,
      filled: rows - noValue,
      empty,
      gapWords: noValue - empty,
      isIndented: empty < rows && indented === rows - empty,
      facts: numberFacts(answer.slice(4)),
    }
  })
}

/** SQL that says whether a cell is empty or one of these words; a list of them would take SQL long to plan. */
function isGapCell(held: string, words: readonly string[]): string {
  const escaped = words.map((word) => word.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
  return `regexp_full_match(${held}, ${literal(` *(?:${['', ...escaped].join('|')}) *`)})`
}

/** The words of gaps in a column, the most frequent first. */
async function gapWordsOf(
  connection: DuckDBConnection,
  { name, bare }: Look,
  gaps: readonly string[],
): Promise<GapWord[]> {
  const counted = await connection.runAndReadAll(
    `select ${bare} as word, count(*) as n from raw where ${bare} in (${gaps.map(literal).join(', ')}) group by word order by n desc, word`,
  )
  return counted
    .getRows()
    .map(([word, count]) => ({ word: String(word), column: name, count: Number(count) }))
}

/** More different words are no codes. */
const mostCodes = 2000

/** Those words of gaps that are the column's own words. */
async function keptWords(
  connection: DuckDBConnection,
  { bare, filled, facts }: Look,
  words: readonly GapWord[],
): Promise<readonly GapWord[]> {
  if (facts.numbers === filled) return []
  const distinct = await connection.runAndReadAll(
    `select distinct ${bare} from raw where ${bare} not in (${listOf(words.map(({ word }) => word))}) limit ${mostCodes + 1}`,
  )
  const others = distinct.getRows().map(([word]) => String(word))
  return others.length > mostCodes ? [] : words.filter(({ word }) => isOneOfThem(word, others))
}

function keptNote(name: string, kept: readonly GapWord[]): string {
  const words = kept.map(({ word, count }) => `'${word}' (${count})`).join(', ')
  return `${words} of '${name}' was kept as a word, because all others there are like it; set data.csv.gaps to read it as a gap.`
}

/** How the column's gaps are written: as most of them are. */
function gapOf({ empty }: Look, words: readonly GapWord[]): Written {
  const usual = words[0]
  return usual === undefined || empty > usual.count ? {} : { gap: usual.word }
}

/** Text as it is, but for a blank before every cell. */
function textCell({ place, bare, isIndented }: Look, cell: string): string {
  if (isIndented || cell === bare) return isIndented ? cell : placeOf(place)
  return `if(${cell} is null, null, ${placeOf(place)})`
}
