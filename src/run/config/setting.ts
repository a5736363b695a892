import { z } from 'zod'

/** A value that a setting can have. */
export type SettingValue = number | string | boolean | readonly string[]

/** One setting of a run as help, forms and messages show it. */
export interface Setting {
  /** Where it stands in the configuration, for example `training.learningRate`. */
  readonly path: string
  /** One sentence. */
  readonly description: string
  /** What it must be, for example "a whole number, 1 or more". */
  readonly expected: string
  readonly type: 'whole' | 'number' | 'text' | 'choice' | 'switch' | 'texts'
  readonly unit?: string
  readonly choices?: readonly string[]
  /** Names that others give to choices, each with the choice. */
  readonly otherNames?: Readonly<Record<string, string>>
  /** What it is unless told. */
  readonly default?: SettingValue
  /** How it is chosen unless told, where that takes more than a constant. */
  readonly chosen?: string
  /** It may stay away for good. */
  readonly optional: boolean
  /** Checks one value. */
  readonly schema: z.ZodType<SettingValue>
}

/** What the schema's writer says of a setting. */
interface Said<T> {
  readonly description: string
  readonly unit?: string
  readonly default?: T
  readonly chosen?: string
  readonly otherNames?: Readonly<Record<string, string>>
}

interface Range {
  readonly from?: number
  readonly above?: number
  readonly to?: number
  readonly below?: number
}

type Described = Omit<Setting, 'path' | 'optional' | 'schema'>

const described: z.core.$ZodRegistry<Described> = z.registry<Described>()

/** A whole number. */
export function whole(said: Said<number> & Range): z.ZodNumber {
  return describe(withRange(z.int(), said), said, {
    type: 'whole',
    expected: `a whole number${inWords(said)}`,
  })
}

/** A finite number. */
export function real(said: Said<number> & Range): z.ZodNumber {
  return describe(withRange(z.number(), said), said, { type: 'number', expected: `a number${inWords(said)}` })
}

/** Text that is not empty. */
export function text(said: Said<string>): z.ZodString {
  return describe(z.string().min(1), said, { type: 'text', expected: 'text, not empty' })
}

/** A list of texts. */
export function texts(said: Said<readonly string[]>): z.ZodArray<z.ZodString> {
  return describe(z.array(z.string()), said, { type: 'texts', expected: 'a list of texts' })
}

/** Yes or no. */
export function flag(said: Said<boolean>): z.ZodBoolean {
  return describe(z.boolean(), said, { type: 'switch', expected: 'true or false' })
}

/** One of these. */
export function oneOf<const T extends string>(
  choices: readonly T[],
  said: Said<T>,
): z.ZodEnum<{ [K in T]: K }> {
  const schema = z.enum(choices) as unknown as z.ZodEnum<{ [K in T]: K }>
  return describe(schema, said, { type: 'choice', choices, expected: `one of ${choices.join(', ')}` })
}

/** Whether a name is the path of a module, in the place of a name of a list. */
export function isModulePath(name: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(name)
}

const ownPrefix = 'own:'

/** The name in a configuration of a record that a program gave, and that is in no list. */
export function ownName(name: string): string {
  return `${ownPrefix}${name}`
}

/** Whether a name is that of a record that a program gave. */
export function isOwnName(name: string): boolean {
  return name.startsWith(ownPrefix)
}

/** One of these; a program may give a record in the place of a name. */
export function nameOrOwn(choices: readonly string[], said: Said<string>): z.ZodString {
  const schema = z.string().refine((value) => choices.includes(value) || isOwnName(value))
  return describe(schema, said, {
    type: 'choice',
    choices,
    expected: `one of ${choices.join(', ')}`,
    enum: choices,
  })
}

/** One of these, or the path of a module that exports another; a program may give a record. */
export function nameOrPath(choices: readonly string[], said: Said<string>): z.ZodString {
  const schema = z
    .string()
    .refine((value) => choices.includes(value) || isModulePath(value) || isOwnName(value))
  return describe(schema, said, {
    type: 'choice',
    choices,
    expected: `one of ${choices.join(', ')}, or the path of a module that exports one`,
  })
}

/** All settings of a schema, in its order. */
export function settingsOf(schema: z.ZodType, path: readonly string[] = [], optional = false): Setting[] {
  if (schema instanceof z.ZodExactOptional) return settingsOf(schema.unwrap() as z.ZodType, path, true)
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, part]) => settingsOf(part, [...path, key]))
  const said = described.get(schema)
  // The configuration's version carries no description: nobody sets it.
  if (said === undefined) return []
  return [{ ...said, path: path.join('.'), optional, schema: schema as z.ZodType<SettingValue> }]
}

/** The same schema with nothing required. */
export function partial(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodExactOptional) return partial(schema.unwrap() as z.ZodType)
  if (!(schema instanceof z.ZodObject)) return schema
  const parts = Object.entries(schema.shape).map(([key, part]) => [key, z.exactOptional(partial(part))])
  const { description } = schema
  const { catchall } = schema.def
  const made = z.strictObject(Object.fromEntries(parts))
  const open = catchall instanceof z.ZodNumber ? made.catchall(catchall) : made
  return open.meta(description === undefined ? {} : { description })
}

function withRange(schema: z.ZodNumber, { from, above, to, below }: Range): z.ZodNumber {
  let narrowed = schema
  if (from !== undefined) narrowed = narrowed.gte(from)
  if (above !== undefined) narrowed = narrowed.gt(above)
  if (to !== undefined) narrowed = narrowed.lte(to)
  if (below !== undefined) narrowed = narrowed.lt(below)
  return narrowed
}

function inWords({ from, above, to, below }: Range): string {
  const [low, high] = [from ?? above, to ?? below]
  const lower = from === undefined ? `above ${low}` : `${low} or more`
  const upper = to === undefined ? `below ${high}` : `at most ${high}`
  if (low === undefined && high === undefined) return ''
  if (high === undefined) return `, ${lower}`
  return low === undefined ? `, ${upper}` : `, ${lower} and ${upper}`
}

/** Notes what was said: for editors in the schema's own metadata, for us in a registry. */
function describe<S extends z.ZodType, T extends SettingValue>(
  schema: S,
  said: Said<T>,
  {
    enum: shown,
    ...kind
  }: Pick<Described, 'type' | 'expected' | 'choices'> & {
    /** What an editor proposes, where the schema's own type does not say it. */
    readonly enum?: readonly string[]
  },
): S {
  const { description, unit, default: usual, chosen, otherNames } = said
  const more = chosen === undefined ? '' : ` Unless told: ${chosen}.`
  const tagged = schema.meta({
    description: `${description}${more}`,
    ...(shown === undefined ? {} : { enum: shown }),
    ...(unit === undefined ? {} : { unit }),
    ...(usual === undefined ? {} : { default: usual }),
  }) as S
  described.add(tagged, {
    description,
    ...kind,
    ...(unit === undefined ? {} : { unit }),
    ...(usual === undefined ? {} : { default: usual }),
    ...(chosen === undefined ? {} : { chosen }),
    ...(otherNames === undefined ? {} : { otherNames }),
  })
  return tagged
}
