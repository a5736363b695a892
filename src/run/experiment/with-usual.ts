import type { PointSampler, UsualConditions } from '../../sampling/index.ts'

/** A way to draw rows that draws their conditions, too, where none are given. */
export function withUsual(sampler: PointSampler, usual: UsualConditions): PointSampler {
  return {
    dimension: sampler.dimension,
    get secondsInside() {
      return sampler.secondsInside
    },
    get evaluationsPerPoint() {
      return sampler.evaluationsPerPoint!
    },
    draw: (request) => {
      const { seed, first = 0, count, conditions = usual({ seed, first, count }) } = request
      return sampler.draw({ ...request, conditions })
    },
    dispose: () => sampler.dispose(),
  }
}
