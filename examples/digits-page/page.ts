// Draws pictures in a page by the file of `scorefield export RUN -o sampler.onnx --walk --guidance`; see docs/in-a-page.md.
import * as ort from 'onnxruntime-web/wasm'
import { drawnLabels, oneHot, PictureEncoding, shownPicture, type Table } from 'scorefield/data'
import { onnxMetadata } from 'scorefield/files'
import { samplerNoise } from 'scorefield/sampling'

/** Milliseconds that each step of the walk is shown. */
const millisecondsPerStep = 60

ort.env.wasm.wasmPaths = { wasm: './ort-wasm-simd-threaded.wasm' }
ort.env.wasm.numThreads = 1

/** The element of this name in index.html. */
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T
const form = element<HTMLFormElement>('asked')
const canvas = element<HTMLCanvasElement>('pictures')
const step = element<HTMLInputElement>('step')
const told = element('told')
const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement

/** The file, and what it says of itself. */
interface Sampler {
  readonly session: ort.InferenceSession
  readonly encoding: PictureEncoding
  /** Noise levels, from the start to 0. */
  readonly levels: readonly number[]
  /** Pictures that one call draws. */
  readonly rows: number
  /** Weight of guidance that `scorefield sample` draws this run with; 1 is off. */
  readonly guidance: number
}

async function open(url: string): Promise<Sampler> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const about = onnxMetadata(bytes)
  return {
    session: await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 }),
    encoding: PictureEncoding.fromJSON(JSON.parse(about['encoding']!)),
    levels: JSON.parse(about['levels']!),
    rows: Number(/^\[(\d+)/.exec(about['port.noise']!)![1]),
    guidance: Number(about['guidance']),
  }
}

/** What a person asks for. An empty label is none: then labels come by their shares. */
interface Asked {
  readonly label: string
  readonly count: number
  readonly seed: number
  readonly guidance: number
}

/** The pictures at each stop of their walk; at the last alone, if the file does not tell the others. */
async function draw({ session, encoding, levels, rows }: Sampler, asked: Asked): Promise<Table[]> {
  const { inputNames, outputNames } = session
  const { seed, count } = asked
  const { labels, width } = encoding
  const stops = outputNames.includes('walk') ? levels.length : 1
  const walks = Array.from({ length: stops }, () => new Float32Array(Math.ceil(count / rows) * rows * width))
  for (let first = 0; first < count; first += rows) {
    const isStochastic = inputNames.includes('step_noise')
    const noise = samplerNoise({ seed, first, rows, dimension: width, ...(isStochastic && { levels }) })
    const codes = labels && drawnLabels(labels, { seed, first, count: rows })
    if (asked.label !== '') codes?.fill(labels!.names.indexOf(asked.label))
    const tensor = (values: Float32Array, shape: readonly number[]): ort.Tensor =>
      new ort.Tensor('float32', values, shape)
    const inputs: Record<string, () => ort.Tensor> = {
      noise: () => tensor(noise.noise, [rows, width]),
      step_noise: () => tensor(noise.stepNoise, [noise.stepNoise.length / (rows * width), rows, width]),
      'condition/label': () => tensor(oneHot(labels!, codes!), [rows, labels!.names.length]),
      guidance: () => tensor(new Float32Array(rows).fill(asked.guidance), [rows]),
    }
    const results = await session.run(Object.fromEntries(inputNames.map((name) => [name, inputs[name]!()])))
    const found = results[stops > 1 ? 'walk' : 'rows']!.data as Float32Array
    walks.forEach((walk, k) => {
      walk.set(found.subarray(k * rows * width, (k + 1) * rows * width), first * width)
    })
  }
  return walks.map((walk) => encoding.decode(walk.subarray(0, count * width), count))
}

/** Shows pictures side by side, a pixel of the canvas for each of theirs. */
function show({ pictures, rowCount }: Table): void {
  const { width, height } = pictures![0]!
  const across = Math.ceil(Math.sqrt(rowCount))
  canvas.width = across * (width + 1) - 1
  canvas.height = Math.ceil(rowCount / across) * (height + 1) - 1
  const context = canvas.getContext('2d')!
  for (let row = 0; row < rowCount; row++) {
    const pixels = new ImageData(Uint8ClampedArray.from(shownPicture(pictures![0]!, row)), width, height)
    context.putImageData(pixels, (row % across) * (width + 1), Math.floor(row / across) * (height + 1))
  }
}

const sampler = await open('./sampler.onnx').catch((error: Error) => {
  told.textContent = `The model could not be loaded. ${error.message}`
  throw error
})
const { encoding, levels, session } = sampler
const names = encoding.labels?.names ?? []
for (const name of ['', ...names]) field('label').append(new Option(name || 'any', name))
field('label').parentElement!.hidden = names.length === 0
field('guidance').value = String(sampler.guidance)
field('guidance').parentElement!.hidden = !session.inputNames.includes('guidance')

let walk: Table[] = []
let playing = 0
function showStop(stop: number): void {
  step.value = String(stop)
  show(walk[stop]!)
  element('level').textContent =
    `Step ${stop} of ${walk.length - 1}, noise level ${levels[stop]!.toPrecision(2)}`
}
function play(): void {
  clearInterval(playing)
  let stop = 0
  playing = window.setInterval(() => {
    showStop(stop)
    if (++stop === walk.length) clearInterval(playing)
  }, millisecondsPerStep)
}
step.addEventListener('input', () => {
  clearInterval(playing)
  showStop(Number(step.value))
})

async function drawAsked(): Promise<void> {
  const number = (name: string): number => Number(field(name).value)
  const asked = { count: number('count'), seed: number('seed'), guidance: number('guidance') }
  told.textContent = 'Drawing …'
  await new Promise((shown) => setTimeout(shown)) // The page shows it before the thread is busy.
  const started = performance.now()
  walk = await draw(sampler, { ...asked, label: field('label').value })
  const { width, height } = encoding.shape
  const milliseconds = Math.round(performance.now() - started)
  told.textContent = `${asked.count} pictures of ${width} × ${height} pixels, drawn in ${milliseconds} ms.`
  element('walk').hidden = walk.length === 1
  step.max = String(walk.length - 1)
  if (walk.length > 1) play()
  else show(walk[0]!)
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const button = form.querySelector('button')!
  button.disabled = true
  drawAsked()
    .catch((error: Error) => {
      told.textContent = `Nothing was drawn. ${error.message}`
    })
    .finally(() => {
      button.disabled = false
    })
})
form.querySelector('button')!.disabled = false
form.requestSubmit()
