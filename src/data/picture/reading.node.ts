import type { Table } from '../table/table.ts'
import type { BrokenPicture, ScannedPicture } from './scan.node.ts'

/** Pictures that were read. */
export interface ReadPictures {
  /** A column of pictures; `label` where there are labels; `file` where each has one of its own. */
  readonly table: Table
  /** What a person should know of how they were read, one sentence each. */
  readonly notes: readonly string[]
  /** What is known of the files; absent of pictures that have none of their own. */
  readonly findings?: {
    readonly files: readonly ScannedPicture[]
    readonly broken: readonly BrokenPicture[]
    /** Files that are no pictures by their ending. */
    readonly others: readonly string[]
  }
  /** Frees what lies on disk. */
  readonly dispose: () => Promise<void>
}

/** Some names of many, in words. */
export function listed(names: readonly string[]): string {
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`
}
