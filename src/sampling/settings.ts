import { didYouMean, ScorefieldError } from '../base/index.ts'

/** Numbers that a person may set, by name. */
export type SamplerSettings = Readonly<Record<string, SamplerSetting>>

/** One of them: its range, ends included, and what it is unless told. */
export interface SamplerSetting {
  readonly summary: string
  readonly default: number
  readonly from: number
  readonly to: number
}

/**
 * The settings of a sampler, or of a time grid, complete: what is told, else what they are unless told.
 * Throws `sampling/unknown-option`, and `sampling/option` for what is not in a setting's range.
 */
export function settingsOf<Name extends string>(
  sampler: {
    readonly name: string
    readonly settings: Readonly<Record<Name, SamplerSetting>>
    /** What it is called in messages; 'sampler' unless given. */
    readonly what?: string
  },
  told: Readonly<Record<string, number>> = {},
): Readonly<Record<Name, number>> {
  const known: SamplerSettings = sampler.settings
  const { what = 'sampler' } = sampler
  for (const [name, value] of Object.entries(told)) {
    const setting = Object.hasOwn(known, name) ? known[name] : undefined
    if (!setting) {
      const names = Object.keys(known)
      throw new ScorefieldError({
        kind: 'usage',
        code: 'sampling/unknown-option',
        message: `The ${what} "${sampler.name}" has no option "${name}".${didYouMean(name, names)}`,
        hint: names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none.',
      })
    }
    if (typeof value === 'number' && value >= setting.from && value <= setting.to) continue
    throw new ScorefieldError({
      kind: 'usage',
      code: 'sampling/option',
      message: `The option "${name}" of the ${what} "${sampler.name}" is ${value}.`,
      hint: `It must be a number from ${setting.from} to ${setting.to}: ${setting.summary}.`,
    })
  }
  const usual = Object.entries(known).map(([name, setting]) => [name, setting.default] as const)
  return { ...Object.fromEntries(usual), ...told } as Record<Name, number>
}
