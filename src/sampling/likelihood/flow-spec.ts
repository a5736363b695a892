import {
  add,
  concat,
  jacobianTrace,
  jacobianTraceEstimate,
  neg,
  type ProgramSpec,
  reshape,
  slice,
  sub,
  type Tensor,
} from '../../engine/index.ts'
import { asInputs, conditionTypes, type DenoiserModel, fromInputs } from '../../family/index.ts'
import { float32 } from '../denoiser-spec.ts'

/** The flow in ln σ alone: f = x̄ − D(x̄; σ), [B, d], for `rows` rows at once. */
export function driftSpec(model: DenoiserModel, rows: number): ProgramSpec {
  return {
    name: 'drift',
    inputs: {
      x: float32([rows, model.dimension]),
      sigma: float32([rows]),
      ...asInputs(conditionTypes(model.conditions, rows)),
    },
    shared: model.parameters,
    step: ({ inputs, shared }) => {
      const { x, sigma } = inputs
      const conditions = fromInputs(inputs, model.conditions)
      return {
        outputs: { drift: sub(x!, model.denoise(shared, { x: x!, sigma: sigma!, conditions })) },
      }
    },
  }
}

/**
 * The flow in ln σ and its divergence: f = dx̄/d ln σ = x̄ − D(x̄; σ), ∇·f = d − tr ∂D/∂x̄, for `rows` rows
 * at once.
 * Outputs: drift [B, d] and divergence: [B, 1] exact, or [B, P] one estimate for each of P probes, [P, B, d]
 * given.
 */
export function flowSpec(model: DenoiserModel, probes: number, rows: number): ProgramSpec {
  const { dimension } = model
  return {
    name: 'probability flow',
    inputs: {
      x: float32([rows, dimension]),
      sigma: float32([rows]),
      ...(probes > 0 && { probes: float32([probes, rows, dimension]) }),
      ...asInputs(conditionTypes(model.conditions, rows)),
    },
    shared: model.parameters,
    step: ({ inputs, shared }) => {
      const { x, sigma, probes: v } = inputs
      const conditions = fromInputs(inputs, model.conditions)
      const denoised = model.denoise(shared, { x: x!, sigma: sigma!, conditions })
      const traces = v ? probed(denoised, x!, v) : [jacobianTrace(denoised, x!)]
      const columns = traces.map((trace) => reshape(trace, [rows, 1]))
      return {
        outputs: {
          drift: sub(x!, denoised),
          divergence: add(neg(concat(columns, { axis: 1 })), dimension),
        },
      }
    },
  }
}

function probed(denoised: Tensor, x: Tensor, probes: Tensor): Tensor[] {
  return Array.from({ length: probes.shape[0]! }, (_, p) =>
    jacobianTraceEstimate(denoised, x, reshape(slice(probes, { axis: 0, start: p, end: p + 1 }), x.shape)),
  )
}
