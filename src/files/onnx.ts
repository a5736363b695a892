import {
  add,
  broadcastTo,
  constant,
  div,
  mul,
  type Named,
  type ProgramSpec,
  reshape,
  singleStepModel,
  slice,
  sub,
  type Tensor,
  type TensorType,
  traceProgram,
} from '../engine/index.ts'
import { asInputs, type DenoiserModel, type FittedDenoiser, fromInputs } from '../family/index.ts'
import { type Sampler, type Start, stepPlaces } from '../sampling/index.ts'

/** What an exported file takes and gives, in words. */
export interface OnnxPort {
  readonly name: string
  readonly shape: readonly number[]
  readonly meaning: string
}

/** An ONNX file with the weights inside, and what it takes and gives. */
export interface OnnxExport {
  readonly bytes: Uint8Array
  readonly inputs: readonly OnnxPort[]
  readonly outputs: readonly OnnxPort[]
}

interface Common {
  readonly fitted: FittedDenoiser
  /** Rows a call: the file is made for exactly so many. */
  readonly rows: number
  /** Further texts for the file's metadata. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** The denoiser D(x; σ), the mean of the clean rows that x = x₀ + σ z could have come from, as ONNX. */
export function denoiserToOnnx(options: Common): OnnxExport {
  const { fitted, rows } = options
  const { dimension } = fitted.model
  return write(options, {
    name: 'denoiser',
    inputs: pointsAndLevels(rows, fitted.model),
    outputs: [port('denoised', [rows, dimension], 'D(x; sigma), the mean of the clean rows')],
    step: (inputs) => ({ denoised: denoisedAt(fitted, inputs) }),
  })
}

/** The score ∇ₓ log p_σ(x) = (D(x; σ) − x)/σ², as ONNX. */
export function scoreToOnnx(options: Common): OnnxExport {
  const { fitted, rows } = options
  const { dimension } = fitted.model
  return write(options, {
    name: 'score',
    inputs: pointsAndLevels(rows, fitted.model),
    outputs: [port('score', [rows, dimension], 'gradient of the log-density of the noised data at x')],
    step: (inputs) => {
      const { x, sigma } = inputs
      const denoised = denoisedAt(fitted, inputs)
      const column = broadcastTo(reshape(sigma!, [rows, 1]), [rows, dimension])
      const inverse = broadcastTo(constant(1), [rows, dimension])
      return { score: mul(sub(denoised, x!), mul(div(inverse, column), div(inverse, column))) }
    },
  })
}

/**
 * A whole sampler as one ONNX file: standard normal noise in, rows of the model's coordinates out.
 *
 * Every step is written out with its coefficients, so a runtime needs to know nothing of samplers. A stochastic sampler
 * takes the noise of its steps, too. Row i of `sample` with seed s is what comes out for the noise of `samplerNoise`.
 * A model that takes conditions takes those of each row. levels: σ₀ > σ₁ > …, as sampling takes them. start: where sampling begins.
 */
export function samplerToOnnx(
  options: Common & {
    readonly sampler: Sampler
    readonly levels: ArrayLike<number>
    readonly start: Start
  },
): OnnxExport {
  const { fitted, rows, sampler, levels, start } = options
  const { model } = fitted
  const shape = [rows, model.dimension] as const
  const places = stepPlaces(levels)
  const last = levels[levels.length - 1] === 0 ? levels[levels.length - 2]! : undefined
  return write(options, {
    name: `${sampler.name} sampler`,
    inputs: [
      port('noise', shape, 'standard normal numbers, the start of each row'),
      ...(sampler.stochastic
        ? [port('step_noise', [places.length, ...shape], 'standard normal numbers for each step')]
        : []),
      ...conditionPorts(rows, model),
    ],
    outputs: [port('rows', shape, 'rows in the coordinates of the model')],
    step: (inputs) => {
      const weights = weightsOf(fitted)
      const conditions = fromInputs(inputs, model.conditions)
      const denoise = (x: Tensor, sigma: Tensor): Tensor =>
        model.denoise(weights, { x, sigma: broadcastTo(sigma, [rows]), conditions })
      const scaled = mul(inputs['noise']!, broadcastTo(constant(start.std), shape))
      const mean = start.mean && constant({ shape: [model.dimension], data: start.mean })
      let x = mean ? add(scaled, broadcastTo(mean, shape)) : scaled
      let memory: Named<Tensor> = Object.fromEntries(
        sampler.memory.map((name) => [name, broadcastTo(constant(0), shape)]),
      )
      places.forEach((place, k) => {
        const c = Object.fromEntries(
          Object.entries(sampler.coefficients(place)).map(([name, value]) => [name, constant(value)]),
        )
        const noise = sampler.stochastic
          ? reshape(slice(inputs['step_noise']!, { axis: 0, start: k, end: k + 1 }), shape)
          : broadcastTo(constant(0), shape)
        const next = sampler.step({ x, c, memory, noise, denoise })
        x = next.x
        memory = next.memory ?? {}
      })
      return {
        rows: last === undefined ? add(x, broadcastTo(constant(0), shape)) : denoise(x, constant(last)),
      }
    },
  })
}

function port(name: string, shape: readonly number[], meaning: string): OnnxPort {
  return { name, shape, meaning }
}

function pointsAndLevels(rows: number, model: DenoiserModel): OnnxPort[] {
  return [
    port('x', [rows, model.dimension], 'noised rows in the coordinates of the model'),
    port('sigma', [rows], 'noise level of each row, above 0'),
    ...conditionPorts(rows, model),
  ]
}

/** What the rows are conditioned on, each thing an input of its own: `condition/NAME`. */
function conditionPorts(rows: number, { conditions }: DenoiserModel): OnnxPort[] {
  return Object.entries(asInputs(conditions)).map(([name, shape]) =>
    port(name, [rows, ...shape], 'what each row is conditioned on'),
  )
}

/** D(x; σ) of the inputs of a file. */
function denoisedAt(fitted: FittedDenoiser, inputs: Named<Tensor>): Tensor {
  const conditions = fromInputs(inputs, fitted.model.conditions)
  return fitted.model.denoise(weightsOf(fitted), { x: inputs['x']!, sigma: inputs['sigma']!, conditions })
}

/** The weights as constants of the graph. */
function weightsOf({ model, values }: FittedDenoiser): Named<Tensor> {
  return Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [
      name,
      constant({ shape, data: values[name]! }),
    ]),
  )
}

function write(
  { metadata = {} }: Common,
  file: {
    readonly name: string
    readonly inputs: readonly OnnxPort[]
    readonly outputs: readonly OnnxPort[]
    readonly step: (inputs: Named<Tensor>) => Named<Tensor>
  },
): OnnxExport {
  const { name, inputs, outputs } = file
  const types = Object.fromEntries(
    inputs.map((given): [string, TensorType] => [given.name, { shape: given.shape, dtype: 'float32' }]),
  )
  const spec: ProgramSpec = {
    name,
    inputs: types,
    step: ({ inputs: given }) => ({ outputs: file.step(given) }),
  }
  const told = Object.fromEntries(
    [...inputs, ...outputs].map((each) => [
      `port.${each.name}`,
      `[${each.shape.join(', ')}] ${each.meaning}`,
    ]),
  )
  return { bytes: singleStepModel(traceProgram(spec), { ...metadata, ...told }), inputs, outputs }
}
