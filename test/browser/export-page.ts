import * as ort from 'onnxruntime-web/wasm'
import { TableEncoding } from '../../src/data/index.ts'
import { samplerNoise } from '../../src/sampling/index.ts'

ort.env.wasm.wasmPaths = '/onnxruntime/'
ort.env.wasm.numThreads = 1

/** Runs an exported sampler as a page of somebody's own would: ONNX Runtime loads the file, nothing of ours runs it. */
Object.assign(globalThis, {
  tasks: {
    draw: async (given: {
      model: string
      encoding: unknown
      seed: number
      rows: number
    }): Promise<unknown[][]> => {
      const bytes = Uint8Array.from(atob(given.model), (character) => character.charCodeAt(0))
      const session = await ort.InferenceSession.create(bytes)
      const encoding = TableEncoding.fromJSON(given.encoding)
      const { rows, seed } = given
      const { noise } = samplerNoise({ seed, rows, dimension: encoding.width })
      const result = await session.run({ noise: new ort.Tensor('float32', noise, [rows, encoding.width]) })
      const table = encoding.decode(result['rows']!.data as Float32Array, rows)
      return table.columns.map(({ values }) => [...values])
    },
  },
})
