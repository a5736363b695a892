import { ScorefieldError } from '../base/index.ts'
import {
  add,
  broadcastTo,
  concat,
  constant,
  div,
  mul,
  type Named,
  type ProgramSpec,
  reshape,
  scan,
  singleStepModel,
  sub,
  type Tensor,
  type TensorType,
  traceProgram,
} from '../engine/index.ts'
import { asInputs, type DenoiserModel, type FittedDenoiser, fromInputs } from '../family/index.ts'
import {
  guidedByConditions,
  type Sampler,
  type Start,
  type StepPlace,
  stepPlaces,
} from '../sampling/index.ts'

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
 * The steps are one loop, with their coefficients beside it, so a runtime needs to know nothing of samplers. A stochastic sampler
 * takes the noise of its steps, too. Row i of `sample` with seed s is what comes out for the noise of `samplerNoise`.
 * A model that takes conditions takes those of each row. levels: σ₀ > σ₁ > …, as sampling takes them. start: where sampling begins.
 *
 * - `guided`: the file takes `guidance`, the weight w of each row, too, and walks by u + w (c − u), c the denoiser under the conditions
 *   and u the one with all of them 0 (Ho & Salimans 2022): for a model that learned some examples so. It costs twice the work; w = 1 is off.
 * - `walk`: the file gives `walk`, too, x̄ at the start and after each step, [n, rows, d]; the last is `rows`.
 *
 * Throws `family/cannot` where a model without conditions shall be guided.
 */
export function samplerToOnnx(
  options: Common & {
    readonly sampler: Sampler
    readonly levels: ArrayLike<number>
    readonly start: Start
    readonly guided?: boolean | undefined
    readonly walk?: boolean | undefined
  },
): OnnxExport {
  const { fitted, rows, sampler, levels, start, guided = false, walk = false } = options
  const { model } = fitted
  if (guided) requireConditions(model)
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
      ...(guided ? [port('guidance', [rows], 'weight of the guidance of each row; 1 is off')] : []),
    ],
    outputs: [
      port('rows', shape, 'rows in the coordinates of the model'),
      ...(walk ? [port('walk', [levels.length, ...shape], 'the same at the start and after each step')] : []),
    ],
    step: (inputs) => {
      const weights = weightsOf(fitted)
      const conditions = fromInputs(inputs, model.conditions)
      const denoise = (x: Tensor, level: Tensor): Tensor => {
        const sigma = broadcastTo(level, [rows])
        if (!guided || !conditions) return model.denoise(weights, { x, sigma, conditions })
        return guidedByConditions((told) => model.denoise(weights, { x, sigma, conditions: told }), {
          ...{ conditions, sigma, weight: inputs['guidance']! },
        })
      }
      const scaled = mul(inputs['noise']!, broadcastTo(constant(start.std), shape))
      const mean = start.mean && constant({ shape: [model.dimension], data: start.mean })
      const first = mean ? add(scaled, broadcastTo(mean, shape)) : scaled
      const steps = walked(sampler, places, { first, noise: inputs['step_noise'], denoise })
      const end = last === undefined ? steps.x : denoise(steps.x, constant(last))
      const stops = [
        ...[reshape(first, [1, ...shape]), ...steps.all],
        ...(last === undefined ? [] : [reshape(end, [1, ...shape])]),
      ]
      return {
        rows: add(end, broadcastTo(constant(0), shape)),
        ...(walk ? { walk: concat(stops, { axis: 0 }) } : {}),
      }
    },
  })
}

/** The steps of a sampler as one loop, so that a file and what a runtime makes of it are of one size, however many they are. */
function walked(
  sampler: Sampler,
  places: readonly StepPlace[],
  {
    first,
    noise,
    denoise,
  }: {
    readonly first: Tensor
    /** [K, B, d], of a stochastic sampler. */
    readonly noise: Tensor | undefined
    readonly denoise: (x: Tensor, level: Tensor) => Tensor
  },
): {
  readonly x: Tensor /** x̄ after each step, [K, B, d], if there are any. */
  readonly all: readonly Tensor[]
} {
  const each = places.map((place) => sampler.coefficients(place))
  if (each.length === 0) return { x: first, all: [] }
  const zero = broadcastTo(constant(0), first.shape)
  const coefficients = Object.keys(each[0]!).map((name): [string, Tensor] => [
    `c.${name}`,
    constant({ shape: [each.length], data: each.map((c) => c[name]!) }),
  ])
  const remembered = (prefix: string, from: Named<Tensor>): Named<Tensor> =>
    Object.fromEntries(sampler.memory.map((name) => [`${prefix}${name}`, from[name] ?? zero]))
  const { carry, outputs } = scan<string, string, string>({
    carry: { x: first, ...remembered('memory.', {}) },
    over: { ...Object.fromEntries(coefficients), ...(noise && { noise }) },
    step: ({ carry, over }) => {
      const named = (prefix: string, of: Named<Tensor>): Named<Tensor> =>
        Object.fromEntries(
          Object.entries(of)
            .filter(([name]) => name.startsWith(prefix))
            .map(([name, value]) => [name.slice(prefix.length), value]),
        )
      const next = sampler.step({
        ...{ x: carry['x']!, c: named('c.', over), memory: named('memory.', carry) },
        ...{ noise: over['noise'] ?? zero, denoise },
      })
      return {
        carry: { x: next.x, ...remembered('memory.', next.memory ?? {}) },
        outputs: { x: next.x },
      }
    },
  })
  return { x: carry['x']!, all: [outputs['x']!] }
}

function requireConditions({ conditions = {} }: DenoiserModel): void {
  if (Object.keys(conditions).length > 0) return
  throw new ScorefieldError({
    kind: 'ability',
    code: 'family/cannot',
    message: 'Guidance leads towards what rows are conditioned on, and this model takes no conditions.',
    hint: 'Leave the guidance out, or train on pictures with labels.',
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
