import { byName, ScorefieldError } from '../../base/index.ts'
import { guides, settingsOf } from '../../sampling/index.ts'
import type { FillingMethod, FillingModel } from './filling-method.ts'
import { guided } from './guided.ts'
import { learned } from './learned.ts'

/** Every way to fill gaps, in the order in which they are taken: told to the model, then by a guide. */
export const fillingMethods: readonly FillingMethod[] = [learned, ...guides.map(guided)]

/**
 * The way that is taken: the one named, else the first that can; and why one before it cannot, for a model that is told columns.
 * known: columns that rows have a value of. Throws `usage/unknown-name`, `sampling/unknown-option`, `sampling/option`; kind `ability`,
 * `impute/method`, where the one named cannot.
 */
export function chooseFillingMethod(
  model: FillingModel,
  known: readonly string[],
  {
    method: name,
    methodOptions,
  }: { method?: string | undefined; methodOptions?: Readonly<Record<string, number>> | undefined },
): { readonly method: FillingMethod; readonly notes: readonly string[] } {
  const candidates = name === undefined ? fillingMethods : [byName(fillingMethods, name, 'method')]
  const reasons: { method: FillingMethod; why: string }[] = []
  for (const method of candidates) {
    const why = method.cannot(model, known)
    if (why !== undefined) {
      reasons.push({ method, why })
      continue
    }
    settingsOf(method, methodOptions)
    const isTold = (model.mayBeGiven ?? []).length > 0
    return {
      method,
      notes: isTold
        ? reasons.map((one) => `Filled by ${method.name}, not by ${one.method.name}: ${one.why}.`)
        : [],
    }
  }
  throw new ScorefieldError({
    kind: 'ability',
    code: 'impute/method',
    message: `Gaps cannot be filled by ${reasons.map(({ method, why }) => `${method.name}: ${why}`).join('; ')}.`,
    hint: `Leave the method out, or take one of ${guides.map((guide) => guide.name).join(', ')}.`,
  })
}
