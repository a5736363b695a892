import type { NumberColumn } from '../table.ts'
import type { Shape } from './shapes.ts'

/** One way to read the cells of a column of text as numbers, and to write them again. */
export interface TextReading {
  /** The number that a cell stands for; NaN where it is none. */
  readonly parse: (cell: string) => number
  /** The cell of a number. */
  readonly format: (value: number) => string
  /** Whether cells of one shape all come back as they were if one of them does; else each has to be looked at. */
  readonly isShapeEnough: boolean
  /** Whether cells are rewritten on purpose, as the remark says. */
  readonly isRewritten?: boolean
  /** What the column of numbers carries, so that it is written the same way. */
  readonly carries: Pick<NumberColumn, 'calendar' | 'written'>
  /** The type that such numbers have in a source that knows types. */
  readonly type: string
  /** Readings of different meanings are told apart: 01/02 is the first of February, or the second of January. */
  readonly meaning: string
  /** What a person should know where this reading is taken; the end of a sentence that begins with the column's name. */
  readonly remark?: string
  /** The same, where other meanings fit every cell, too: these. */
  readonly doubt?: (others: readonly string[]) => string
}

/** A kind of readings: dressed numbers, days and times. */
export interface Reading {
  readonly name: string
  readonly summary: string
  /** Readings that may be right for a column of these shapes, the likeliest first. */
  readonly propose: (shapes: readonly Shape[], hints: ReadingHints) => readonly TextReading[]
  /** Why a column that looks like one of this kind is none; the end of a sentence. Undefined where it does not look so. */
  readonly refuse?: (shapes: readonly Shape[]) => string | undefined
}

/** What is known of a column before it is read. */
export interface ReadingHints {
  /** What stands before the fraction of a number, where somebody said so. */
  readonly point?: '.' | ','
}

/** So large a share of a column's cells must fit for the others to be worth naming. */
export const leastShare = 0.9
