import * as f from '../engine/index.ts'
import type { Optimiser } from './optimiser.ts'

/**
 * AdamW: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p (1 − lr λ) − lr m̂/(√v̂ + ε),
 * with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ); λ on matrices only.  Kingma & Ba 2015; Loshchilov & Hutter 2019.
 *
 * The program keeps M = m/(1−β₁) and V = v/(1−β₂) instead: two products less for each parameter. With
 * s = √((1−β₂)/(1−β₂ᵗ)) the step is lr (1−β₁)/(1−β₁ᵗ)/s · M/(√V + ε/s).
 */
export const adamw: Optimiser = {
  name: 'adamw',
  summary: 'Adam with decoupled weight decay',
  source: 'Loshchilov & Hutter 2019',
  defaults: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  moments: ['first', 'second'],
  coefficients: ['beta1', 'beta2', 'stepSize', 'epsilon', 'keep'],
  schedule: (step, learningRate, options) => {
    const { beta1, beta2, epsilon, weightDecay } = options as Record<string, number>
    const s = Math.sqrt((1 - beta2!) / (1 - beta2! ** step))
    return {
      beta1: beta1!,
      beta2: beta2!,
      stepSize: (learningRate * ((1 - beta1!) / (1 - beta1! ** step))) / s,
      epsilon: epsilon! / s,
      keep: 1 - learningRate * weightDecay!,
    }
  },
  update: ({ parameter, gradient, moments, coefficients, decays, options }) => {
    const like = (name: string): f.Tensor => f.broadcastTo(coefficients[name]!, parameter.shape)
    const first = f.add(f.mul(moments['first']!, like('beta1')), gradient)
    const second = f.add(f.mul(moments['second']!, like('beta2')), f.square(gradient))
    const direction = f.div(first, f.add(f.sqrt(second), like('epsilon')))
    const kept = decays && options['weightDecay'] !== 0 ? f.mul(parameter, like('keep')) : parameter
    return {
      parameter: f.sub(kept, f.mul(direction, like('stepSize'))),
      moments: { first, second },
    }
  },
}
