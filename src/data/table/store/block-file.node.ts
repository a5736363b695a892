import { rmSync } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Rows a block: a block of ten columns is 640 kB, enough for a disk to read at full speed. */
export const blockRows = 8192

/**
 * Rows of `width` float64 in a scratch file, in blocks of `blockRows`, column by column within a block.
 *
 * The file lies in a folder of its own in the system's folder for temporary files, and goes with `dispose`, or with the process.
 */
export class BlockFile {
  readonly width: number
  rowCount = 0
  private readonly folder: string
  private readonly file: FileHandle
  private readonly pending: Float64Array
  private filled = 0
  private readonly remove = (): void => rmSync(this.folder, { recursive: true, force: true })

  private constructor(width: number, folder: string, file: FileHandle) {
    process.once('exit', this.remove)
    this.width = width
    this.folder = folder
    this.file = file
    this.pending = new Float64Array(width * blockRows)
  }

  static async create(width: number): Promise<BlockFile> {
    const folder = await mkdtemp(join(tmpdir(), 'scorefield-'))
    return new BlockFile(width, folder, await open(join(folder, 'rows'), 'w+'))
  }

  /** Adds rows: one array a column, equally long. */
  async append(columns: readonly Float64Array[]): Promise<void> {
    const count = columns[0]!.length
    for (let from = 0; from < count; ) {
      const taken = Math.min(count - from, blockRows - this.filled)
      for (const [k, column] of columns.entries())
        this.pending.set(column.subarray(from, from + taken), k * blockRows + this.filled)
      this.filled += taken
      this.rowCount += taken
      from += taken
      if (this.filled === blockRows) await this.flush()
    }
  }

  /** Writes what is left; to be called once, after the last rows. */
  async finish(): Promise<void> {
    if (this.filled > 0) await this.flush()
  }

  /** The columns of a block; the last one may be shorter. */
  async read(block: number): Promise<Float64Array[]> {
    const values = new Float64Array(this.width * blockRows)
    const bytes = new Uint8Array(values.buffer)
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await this.file.read(bytes, at, bytes.length - at, block * bytes.length + at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    const count = Math.min(blockRows, this.rowCount - block * blockRows)
    return Array.from({ length: this.width }, (_, k) => values.subarray(k * blockRows, k * blockRows + count))
  }

  get blockCount(): number {
    return Math.ceil(this.rowCount / blockRows)
  }

  async dispose(): Promise<void> {
    process.off('exit', this.remove)
    await this.file.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  private async flush(): Promise<void> {
    const block = Math.ceil(this.rowCount / blockRows) - 1
    const bytes = new Uint8Array(this.pending.buffer)
    await this.file.write(bytes, 0, bytes.length, block * bytes.length)
    this.filled = 0
  }
}
