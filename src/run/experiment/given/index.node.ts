import { byName, ScorefieldError } from '../../../base/index.ts'
import type { OpenedModel } from '../open-model.node.ts'
import { learned } from './learned.node.ts'
import type { AskedRows, GivenMethod } from './method.node.ts'
import { particles } from './particles.node.ts'
import { rejection } from './rejection.node.ts'

/**
 * Ways to draw rows that are like what is asked, in the order in which they are taken: told to the model; exact by rejection, where rows can
 * have the values; guided, which is near.
 */
export const givenMethods: readonly GivenMethod[] = [learned, rejection, particles]

/**
 * The way that is taken: the one named, else the first that can. Throws `usage/unknown-name`; kind `ability`, `sampling/given`, where the
 * one named, or every one, cannot, and says why.
 */
export function chooseGivenMethod(
  opened: OpenedModel,
  asked: AskedRows,
  name?: string | undefined,
): GivenMethod {
  const candidates =
    name === undefined ? givenMethods : [byName(givenMethods, name, 'method of given values')]
  const reasons: string[] = []
  for (const method of candidates) {
    const why = method.cannot(opened, asked)
    if (why === undefined) return method
    reasons.push(`${method.name}: ${why}.`)
  }
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/given',
    message: `These rows cannot be drawn${name === undefined ? '' : ` by "${name}"`}. ${reasons.join(' ')}`,
    where: '--given',
    hint: 'Train with --conditions and the names of the columns, or all; or give ranges with --where.',
  })
}
