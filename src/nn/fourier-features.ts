import * as f from '../engine/index.ts'

/**
 * What noisy numbers say of the waves of the clean ones, at K frequencies: [B, 2 K d].
 *
 * For x = x₀ + σ z and nothing known of x₀, E[sin ωx₀ | x] = e^{−ω²σ²/2} sin ωx, and likewise for the cosine; ω = π 2ᵏ/unit,
 * k = 0 … K − 1, so periods from 2 units down to 2^{2−K}. A network finds borders that are much finer than a unit only slowly
 * in x itself; at a noise level that hides a wave, the factor is 0 and the wave tells nothing.
 * Tancik et al. 2020 (Fourier features); Barron et al. 2021 (the factor, as "integrated positional encoding").
 *
 * `x`: [B, d]; `sigma`: [B], or of each number, [B, d]; `unit` > 0 in units of x.
 */
export function fourierFeatures(
  x: f.Tensor,
  sigma: f.Tensor,
  { frequencies, unit }: { readonly frequencies: number; readonly unit: number },
): f.Tensor {
  const [rows, width] = x.shape as [number, number]
  const all = [rows, frequencies, width]
  const omega = f.broadcastTo(
    f.constant({
      shape: [1, frequencies, 1],
      data: Array.from({ length: frequencies }, (_, k) => (Math.PI * 2 ** k) / unit),
    }),
    [rows, frequencies, 1],
  )
  const angle = f.mul(f.broadcastTo(f.reshape(x, [rows, 1, width]), all), f.broadcastTo(omega, all))
  const own = sigma.shape.length === 2 ? all : omega.shape
  const hidden = f.mul(
    f.broadcastTo(f.reshape(sigma, [rows, 1, own[2]!]), own),
    own === all ? f.broadcastTo(omega, all) : omega,
  )
  const factor = f.broadcastTo(f.exp(f.mul(f.square(hidden), -0.5)), all)
  return f.reshape(f.concat([f.mul(f.sin(angle), factor), f.mul(f.cos(angle), factor)], { axis: 1 }), [
    rows,
    2 * frequencies * width,
  ])
}
