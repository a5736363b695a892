import { z } from 'zod'

/**
 * What people are invented of: names are made of a beginning and an ending, and only of endings that no cell of the table's
 * personal columns contains. So no invented name is one of the table, and none of the table's needs to be remembered.
 */
export interface People {
  readonly given: readonly string[]
  readonly family: readonly string[]
  /** The host of e-mail addresses: one of those that nobody owns (RFC 2606), and that the table does not use. */
  readonly host: string
  /** How many people there are; rows are of people drawn among them. Left out where nearly every row is of its own. */
  readonly count?: number
}

export const peopleSchema: z.ZodType<People> = z.strictObject({
  given: z.array(z.string()).min(1),
  family: z.array(z.string()).min(1),
  host: z.string(),
  count: z.exactOptional(z.number().int().positive()),
})

/** Somebody who does not exist. */
export interface Person {
  readonly given: string
  readonly family: string
  /** A whole number from 10 to 9999. */
  readonly number: number
}

const givenBeginnings =
  'Al Bri Cor Dal El Fen Gar Hal Ir Jor Kel Lor Mar Nev Or Per Quen Ros Sel Tor Ul Ver Wil Yan Zel'.split(' ')
const givenEndings =
  'win bel dric mond ora essa ian ette olyn var aris enna ander isa eth ilda ovan udin'.split(' ')
const familyBeginnings =
  'Ash Birk Cold Dunn Elm Fair Grey Hart Iron Lind Mill North Oak Pen Rams Stein Thorn Under Wald Winter'.split(
    ' ',
  )
const familyEndings =
  'brook feld gate holm ley marsh quist ridge stad thorpe vale well wick worth moor dahl'.split(' ')
const hosts = ['example.com', 'example.org', 'example.net', 'mail.invalid', 'post.invalid']

/** People that none of the cells is of. cells: of all personal columns. count: as in `People`. */
export function peopleUnlike(cells: readonly string[], count?: number): People {
  const text = cells.join('\n').toLowerCase()
  const unused = (all: readonly string[]): string[] => {
    const left = all.filter((one) => !text.includes(one))
    return left.length > 0 ? left : [numbered(text, (n) => `zq${'o'.repeat(n)}`)]
  }
  return {
    given: unused(givenEndings),
    family: unused(familyEndings),
    host: hosts.find((host) => !text.includes(host)) ?? numbered(text, (n) => `host${n}.invalid`),
    ...(count === undefined ? {} : { count }),
  }
}

/** The person that some random words, 32 bits each, are for. words: at least 5. */
export function personOf({ given, family }: People, words: Uint32Array): Person {
  const pick = (of: readonly string[], word: number): string => of[word % of.length]!
  return {
    given: pick(givenBeginnings, words[0]!) + pick(given, words[1]!),
    family: pick(familyBeginnings, words[2]!) + pick(family, words[3]!),
    number: 10 + (words[4]! % 9990),
  }
}

/** The first of a sequence of words that a text does not contain. */
function numbered(text: string, make: (n: number) => string): string {
  for (let n = 1; ; n++) if (!text.includes(make(n))) return make(n)
}
