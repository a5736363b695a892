import type { PictureShape, PixelSize } from '../../data/index.ts'
import type { Operator } from '../../sampling/index.ts'

/** What has happened to pictures, but for noise: what is given is A of the pictures as they were. */
export interface Damage {
  readonly operator: Operator
  /** Pixels of the pictures that are given. */
  readonly size: PixelSize
  /** 1 where a number of a picture is known and 0 where not, [c, h, w]; absent unless parts of it are missing. */
  readonly known?: Float32Array | undefined
}

/** A mask, as a picture: what is white is missing. */
export interface Mask extends PixelSize {
  /** 1 where a pixel is missing, [h · w]. */
  readonly missing: ArrayLike<number>
}

/** What an option of a kind of damage is told: words and numbers of a command line, or a program's own values. */
export type DamageWord = string | number | Mask

/** What is known when a damage is told. */
export interface DamageAsked {
  readonly shape: PictureShape
  /** Reads a picture of black and white; only where there are files. */
  readonly readMask?: ((path: string) => Promise<Mask>) | undefined
  /** What an option is called in messages: its name unless given. */
  readonly called?: ((name: string) => string) | undefined
}

/** A kind of damage that pictures may have, and what mends them: a record, found by its name. */
export interface Repair {
  /** Name of its option, too. */
  readonly name: string
  readonly summary: string
  readonly source: string
  /** What its option takes, and what it says of it. */
  readonly option: { readonly takes: string; readonly says: string }
  /**
   * The damage that is told, to pictures of a shape.
   * Throws `usage/restore`, `sampling/operator`, and what `readMask` throws.
   */
  readonly damage: (told: DamageWord, asked: DamageAsked) => Promise<Damage>
}
