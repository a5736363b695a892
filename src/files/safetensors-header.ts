import { ScorefieldError } from '../base/index.ts'

/** One tensor as a header describes it; offsets count bytes from the first number of the file. */
export interface TensorEntry {
  readonly name: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/** The format's own limit: no header is longer. */
const longestHeader = 100_000_000

/** Reads and checks the header of a safetensors file; the errors are those of `decodeSafetensors`. */
export function readHeader(
  bytes: Uint8Array,
  where?: string | undefined,
): {
  readonly entries: readonly TensorEntry[]
  readonly metadata: Readonly<Record<string, string>>
  /** Where the numbers begin. */
  readonly dataStart: number
} {
  const fail = failing(where)
  if (bytes.length < 8)
    throw fail('truncated', `It has ${bytes.length} bytes; the length of the header alone takes 8`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > longestHeader) throw fail('header', `Its header would be ${length} bytes long`)
  const dataStart = 8 + length
  if (dataStart > bytes.length)
    throw fail('truncated', `It has ${bytes.length} bytes; its header ends at ${dataStart}`)

  const { __metadata__: metadata = {}, ...described } = parseHeader(bytes.subarray(8, dataStart), fail)
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    throw fail('header', 'Its metadata are not texts by name')
  const entries = Object.entries(described).map(([name, value]) => readEntry(name, value, fail))
  requireSeamless(entries, bytes.length - dataStart, fail)
  return { entries, metadata: metadata as Record<string, string>, dataStart }
}

type Fail = (code: string, message: string) => ScorefieldError

function failing(where: string | undefined): Fail {
  return (code, message) =>
    new ScorefieldError({
      kind: 'data',
      code: `safetensors/${code}`,
      message: `${where ?? 'This'} is no readable safetensors file. ${message}.`,
      where,
      hint:
        code === 'dtype'
          ? 'Convert the tensors to float32 first.'
          : 'The file is damaged or was not written to its end; take another copy.',
    })
}

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let text: string
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    header = JSON.parse(text)
  } catch (error) {
    throw fail('header', `Its header is no JSON: ${(error as Error).message}`)
  }
  if (!text.startsWith('{') || !isRecord(header)) throw fail('header', 'Its header is no JSON object')
  const twice = repeated(topLevelKeys(text))
  if (twice !== undefined) throw fail('duplicate-name', `Its header names ${JSON.stringify(twice)} twice`)
  return header
}

/** The keys of a JSON object as written: `JSON.parse` would keep the last of two equal ones and tell nobody. */
function topLevelKeys(json: string): string[] {
  const keys: string[] = []
  let depth = 0
  for (const [token, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (depth === 1 && colon !== undefined)
      keys.push(JSON.parse(token.slice(0, -colon.length)) as string)
  }
  return keys
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}

function readEntry(name: string, value: unknown, fail: Fail): TensorEntry {
  const tensor = `The tensor ${JSON.stringify(name)}`
  if (!isRecord(value)) throw fail('header', `${tensor} is not described by an object`)
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string') throw fail('header', `${tensor} has no dtype`)
  if (!isSizes(shape)) throw fail('header', `${tensor} has no shape of whole numbers`)
  if (!isSizes(offsets) || offsets.length !== 2) throw fail('header', `${tensor} has no two data_offsets`)
  if (dtype !== 'F32') throw fail('dtype', `${tensor} is of dtype ${dtype}; only F32 is read`)
  const [begin, end] = offsets as [number, number]
  const size = 4 * shape.reduce((product, axis) => product * axis, 1)
  if (end - begin !== size)
    throw fail('offsets', `${tensor} takes bytes ${begin} to ${end}; its shape takes ${size} bytes`)
  return { name, shape, begin, end }
}

/** Every byte after the header belongs to exactly one tensor. */
function requireSeamless(entries: readonly TensorEntry[], available: number, fail: Fail): void {
  let reached = 0
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const tensor = `The tensor ${JSON.stringify(name)}`
    if (end > available)
      throw fail('truncated', `${tensor} ends at byte ${end} of the numbers; the file has ${available}`)
    if (begin < reached) throw fail('offsets', `${tensor} begins at byte ${begin}, inside another one`)
    if (begin > reached) throw fail('offsets', `Bytes ${reached} to ${begin} belong to no tensor`)
    reached = end
  }
  if (reached < available) throw fail('offsets', `Bytes ${reached} to ${available} belong to no tensor`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}
