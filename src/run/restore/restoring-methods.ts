import { byName, ScorefieldError } from '../../base/index.ts'
import {
  dps,
  fromNoiseLevel,
  type Guide,
  guides,
  type Operator,
  pigdm,
  repaint,
  replacement,
  settingsOf,
  tmpd,
  twistedParticles,
} from '../../sampling/index.ts'

/** A way to draw pictures as they were, given what is left of them: a record, found by its name. */
export interface RestoringMethod extends Guide {
  /** Why it cannot do it, in a sentence without its full stop; undefined where it can. */
  readonly cannot: (operator: Operator) => string | undefined
}

/**
 * Guides by what they reach (`npm run bench -- restore`). Of twelve held-out digits `pigdm` is level with `tmpd` for a mask and for blur, behind it for half the
 * size, and asks the network least often; `tmpd` is best where the denoiser is exact. The others follow by known Gaussians.
 */
const measured: readonly Guide[] = [pigdm, tmpd, repaint, replacement, twistedParticles, dps]

/** Every way, in the order in which they are taken: of noise alone the exact one; else guides, the best one first. */
export const restoringMethods: readonly RestoringMethod[] = [
  {
    ...fromNoiseLevel,
    cannot: ({ name, isIdentity }) =>
      isIdentity ? undefined : `it takes noise away, and nothing else, such as "${name}"`,
  },
  ...[...measured, ...guides.filter((guide) => !measured.includes(guide))].map((guide) => ({
    ...guide,
    cannot: () => undefined,
  })),
]

/**
 * The way that is taken: the one named, else the first that can. Throws `usage/unknown-name`, `sampling/unknown-option`,
 * `sampling/option`; kind `ability`, `restore/method`, where the one named cannot.
 */
export function chooseRestoringMethod(
  operator: Operator,
  {
    method: name,
    methodOptions,
  }: { method?: string | undefined; methodOptions?: Readonly<Record<string, number>> | undefined },
): RestoringMethod {
  const method =
    name === undefined
      ? restoringMethods.find((one) => one.cannot(operator) === undefined)!
      : byName(restoringMethods, name, 'method')
  const why = method.cannot(operator)
  if (why === undefined) {
    settingsOf(method, methodOptions)
    return method
  }
  const able = restoringMethods.filter((one) => one.cannot(operator) === undefined)
  throw new ScorefieldError({
    kind: 'ability',
    code: 'restore/method',
    message: `${method.name} cannot restore these pictures: ${why}.`,
    hint: `Leave the method out, or take one of ${able.map((one) => one.name).join(', ')}.`,
  })
}
