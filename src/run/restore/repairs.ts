import { ScorefieldError } from '../../base/index.ts'
import { unchanged } from '../../sampling/index.ts'
import { blur } from './blur.ts'
import type { Damage, DamageAsked, DamageWord, Repair } from './damage.ts'
import { enlarge } from './enlarge.ts'
import { mask } from './mask.ts'

/** Every kind of damage that is known by a name; noise goes with each, or comes alone. */
export const repairs: readonly Repair[] = [mask, blur, enlarge]

/**
 * The damage that is told by the names of `repairs`, one at most; of none noise alone.
 * Throws `usage/restore` where there are two, or nothing at all; and what the repair throws.
 */
export async function damageTold(
  told: Readonly<Record<string, DamageWord | undefined>>,
  asked: DamageAsked & {
    /** Whether noise is told. */
    readonly isNoisy: boolean
  },
): Promise<Damage> {
  const called = ({ name }: Pick<Repair, 'name'>): string => asked.called?.(name) ?? name
  const wanted = repairs.filter(({ name }) => told[name] !== undefined)
  if (wanted.length > 1 || (wanted.length === 0 && !asked.isNoisy))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/restore',
      message:
        wanted.length > 1
          ? `${wanted.map(called).join(' and ')} are two kinds of damage: one at a time can be mended.`
          : 'Nothing says what has happened to the pictures.',
      hint: `Give one of ${repairs.map(called).join(', ')}, and ${called({ name: 'noise' })} with it or alone.`,
    })
  const [repair] = wanted
  if (repair) return repair.damage(told[repair.name]!, asked)
  const { channels, height, width } = asked.shape
  return { operator: unchanged(channels * height * width), size: { width, height } }
}
