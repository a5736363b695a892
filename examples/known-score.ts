// How good is a learned score? On a density that is known, measure it: E‖s_θ − s‖² / E‖s‖², noise level by noise level.
import { fit, gaussianMixture } from 'scorefield'

const density = gaussianMixture({
  weights: [1, 2],
  means: [
    [-1, 0],
    [1, 0.5],
  ],
  covariances: [0.1, [0.3, 0.2, 0.2, 0.3]],
})
const model = await fit(density, { steps: 500, size: { width: 64 } })

for (const sigma of [3, 1, 0.3, 0.1]) {
  const noised = density.noised!({ alpha: 1, std: sigma }) // exact: a mixture stays one under Gaussian noise
  const x = noised.sample({ seed: 5, count: 2000 })
  const exact = noised.score(x)
  const learned = await model.score(x, { sigma })
  let error = 0
  let size = 0
  for (const [i, value] of exact.entries()) {
    error += (learned[i]! - value) ** 2
    size += value ** 2
  }
  console.log(`sigma ${sigma}: relative Fisher error ${((100 * error) / size).toFixed(2)} %`)
}
