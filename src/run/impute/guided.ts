import { type Guide, knownCoordinates } from '../../sampling/index.ts'
import type { FillingMethod } from './filling-method.ts'

/** A model that knows nothing of what is observed, with a guide to it. */
export function guided(guide: Guide): FillingMethod {
  return {
    name: guide.name,
    summary: guide.summary,
    source: guide.source,
    settings: guide.settings,
    cannot: () => undefined,
    open: async ({ encoding, fitted }, { steps, draws, methodOptions }) => {
      const sampler = await guide.open({
        fitted: fitted.denoiser,
        range: fitted.range,
        operator: knownCoordinates(encoding.width),
        steps,
        alike: draws,
        guideOptions: methodOptions,
        runtime: fitted.runtime,
      })
      return {
        evaluations: sampler.evaluations,
        draw: ({ known, ...request }) =>
          sampler.draw({
            ...request,
            observed: known.map((value) => (Number.isNaN(value) ? 0 : value)),
            given: { known: known.map((value) => (Number.isNaN(value) ? 0 : 1)) },
          }),
        dispose: () => sampler.dispose(),
      }
    },
  }
}
