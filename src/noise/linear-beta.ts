import { requireParameter } from './noise-process.ts'

/** β(t) = β_min + t(β_max − β_min), its integral from 0, and the time at which the integral has a value. */
export interface LinearBeta {
  beta(t: number): number
  integral(t: number): number
  timeOfIntegral(integral: number): number
}

/** The linear rate of the variance-preserving processes; 0 < betaMin ≤ betaMax, per unit of time. */
export function linearBeta({ betaMin, betaMax }: { betaMin: number; betaMax: number }): LinearBeta {
  requireParameter(
    0 < betaMin && betaMin <= betaMax,
    `0 < betaMin ≤ betaMax does not hold: they are ${betaMin} and ${betaMax}.`,
  )
  const slope = betaMax - betaMin
  return {
    beta: (t) => betaMin + t * slope,
    integral: (t) => t * (betaMin + 0.5 * t * slope),
    // The root of ½·slope·t² + betaMin·t = integral, in the form that subtracts nothing.
    timeOfIntegral: (integral) =>
      (2 * integral) / (betaMin + Math.sqrt(betaMin * betaMin + 2 * slope * integral)),
  }
}
