import type { DuckDBConnection } from '@duckdb/node-api'
import { exactNote, roundedNote } from './csv/number-cells.node.ts'
import { firstRow, placeOf } from './loaded.node.ts'

const wideInteger = /^(U?(BIG|HUGE)INT|BIGNUM)$/
const wideDecimal = /^DECIMAL\((\d+),\d+\)$/
/** So many digits float64 holds, whatever they are. */
const safeDigits = 15

/**
 * The places of columns whose numbers are held as text, for float64 does not hold them exactly: whole numbers, and decimals
 * of which each occurs twice on average, for these are names. Other decimals are measures, and are rounded. Notes tell both.
 */
export async function heldAsText(
  connection: DuckDBConnection,
  { names, types }: { readonly names: readonly string[]; readonly types: readonly string[] },
  notes: string[],
): Promise<ReadonlySet<number>> {
  const held = new Set<number>()
  const wide = types.flatMap((type, place) => (mayNotFit(type) ? [place] : []))
  for (const [place, lost] of await lostIn(connection, wide, types)) {
    const name = names[place]!
    const isMeasure = /^DECIMAL\(\d+,[1-9]/.test(types[place]!) && !(await occursTwice(connection, place))
    notes.push(isMeasure ? roundedNote(name, lost) : exactNote(name, lost, types[place]!))
    if (!isMeasure) held.add(place)
  }
  return held
}

function mayNotFit(type: string): boolean {
  return wideInteger.test(type) || Number(wideDecimal.exec(type)?.[1] ?? 0) > safeDigits
}

/** How many values of each of these columns float64 does not hold, of those where there are some. */
async function lostIn(
  connection: DuckDBConnection,
  places: readonly number[],
  types: readonly string[],
): Promise<(readonly [place: number, lost: number])[]> {
  if (places.length === 0) return []
  const terms = places.map((place) => {
    const [column, type] = [placeOf(place), types[place]!]
    const back =
      type === 'BIGNUM' ? `${column}::double::varchar::bignum` : `try_cast(${column}::double as ${type})`
    return `count_if(${column} is not null and ${back} is distinct from ${column})`
  })
  const lost = await firstRow(connection, `select ${terms.join(', ')} from loaded`)
  return places.map((place, k) => [place, Number(lost[k])] as const).filter(([, count]) => count > 0)
}

async function occursTwice(connection: DuckDBConnection, place: number): Promise<boolean> {
  const column = placeOf(place)
  const counted = await firstRow(connection, `select count(${column}), count(distinct ${column}) from loaded`)
  return 2 * Number(counted[1]) <= Number(counted[0])
}
