import { defineNoiseProcess, type NoiseProcess, requireParameter } from './noise-process.ts'

/**
 * The cosine schedule in continuous time, variance preserving.  With θ(t) = (t + s)/(1 + s)·π/2:
 * alpha = cos θ(t)/cos θ(0), std = √(1 − alpha²), f = −θ′ tan θ, g² = 2θ′ tan θ.  Nichol & Dhariwal 2021.
 * offset s ≥ 0. At t = 1 alpha is 0 and the drift infinite; the paper clips its steps' β at 0.999. Here time
 * ends where alpha = minAlpha (t ≈ 0.9994 for 1e-3), and beyond it drift and diffusion keep their values
 * there. 0 < minAlpha < 1.
 */
export const cosine: (parameters?: { offset?: number; minAlpha?: number }) => NoiseProcess =
  defineNoiseProcess('cosine', { offset: 0.008, minAlpha: 1e-3 }, ({ offset, minAlpha }) => {
    requireParameter(offset >= 0 && offset < 1, `The offset is ${offset}; it must lie in [0, 1).`)
    requireParameter(0 < minAlpha && minAlpha < 1, `minAlpha is ${minAlpha}; it must lie between 0 and 1.`)
    const rate = Math.PI / 2 / (1 + offset)
    const first = rate * offset // θ(0)
    const cosFirst = Math.cos(first)
    const sinFirst = Math.sin(first)
    const lastTime = 1 - Math.asin(minAlpha * cosFirst) / rate
    // cos θ as the sine of the angle that is left, exact to the last digit near t = 1.
    const alpha = (t: number): number => Math.sin(rate * (1 - t)) / cosFirst
    // sin²θ − sin²θ(0) = sin(θ − θ(0)) sin(θ + θ(0)): no cancellation near t = 0.
    const std = (t: number): number =>
      Math.sqrt(Math.sin(rate * t) * Math.sin(rate * t + 2 * first)) / cosFirst
    const tangent = (t: number): number => Math.sin(first + rate * t) / Math.sin(rate * (1 - t))
    const drift = (t: number): number => -rate * tangent(Math.min(t, lastTime))
    const alphaDerivative = (t: number): number => (-rate * Math.sin(first + rate * t)) / cosFirst
    return {
      summary: "the cosine schedule: the signal's share falls evenly over time",
      source: 'Nichol & Dhariwal 2021',
      trainRange: [1e-5, lastTime],
      sampleMin: 1e-3,
      priorStd: 1,
      variancePreserving: true,
      alpha,
      std,
      alphaDerivative,
      stdDerivative: (t) => (-alpha(t) * alphaDerivative(t)) / std(t),
      sigma: (t) => std(t) / alpha(t),
      drift,
      diffusionSquared: (t) => -2 * drift(t),
      timeOfSigma(sigma) {
        // tan(θ − θ(0)) from sin²θ − sin²θ(0) = std² cos²θ(0), again by sums only.
        const cos = cosFirst / Math.hypot(1, sigma)
        const excess = (cos * sigma) ** 2
        const sin = Math.sqrt(sinFirst * sinFirst + excess)
        return Math.atan2(excess, sinFirst * cosFirst + sin * cos) / rate
      },
    }
  })
