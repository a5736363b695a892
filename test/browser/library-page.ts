/** Trains, keeps and opens models in the page, as the library's page of the docs says. */
import {
  configureWeb,
  fit,
  fitPictures,
  fitTable,
  load,
  picturesFromFiles,
  type RowModel,
  type RowObject,
  removeSavedModel,
  ScorefieldError,
  savedModels,
  type TableModel,
} from 'scorefield'

const quick = { steps: 20, batchSize: 32, size: { width: 16, blocks: 1 }, seed: 1 } as const
const numbers = Array.from({ length: 60 }, (_, i) => [100 * Math.sin(i), Math.cos(3 * i)])
const rows = numbers.map(([a], i) => ({ size: Math.round(a!), kind: i % 3 === 0 ? 'red' : 'green' }))

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof ScorefieldError ? error.code : String(error)),
  )
}

Object.assign(globalThis, {
  tasks: {
    numbers: async () => {
      configureWeb({ wasmPaths: '/onnxruntime/', threads: 1 })
      const model = await fit(numbers, quick)
      await model.save({ indexedDB: 'mine' })
      const again = (await load({ indexedDB: 'mine' })) as RowModel
      const fromBlob = (await load(await model.save())) as RowModel
      const draw = { count: 4, seed: 3 }
      const found = await Promise.all([model, again, fromBlob].map((of) => of.sample(draw)))
      const errors = [
        await codeOf(load({ indexedDB: 'yours' })),
        await codeOf(model.save('a/folder')),
        await codeOf(load('a/folder')),
      ]
      const names = await savedModels()
      await removeSavedModel('mine')
      return {
        samples: found.map((values) => Array.from(values)),
        errors,
        names: [names, await savedModels()],
      }
    },
    pictures: async (files: { name: string; folder: string; bytes: number[] }[]) => {
      configureWeb({ wasmPaths: '/onnxruntime/', threads: 1 })
      const dropped = files.map(({ name, folder, bytes }) => {
        const file = new File([Uint8Array.from(bytes)], name)
        // A browser says so of the files of a folder that was chosen.
        Object.defineProperty(file, 'webkitRelativePath', { value: `mine/${folder}/${name}` })
        return file
      })
      const { table, notes, broken } = await picturesFromFiles(dropped)
      const small = (await picturesFromFiles(dropped, { size: '4x3', fit: 'pad' })).table.pictures![0]!
      const model = await fitPictures(table, { ...quick, steps: 5, network: 'residual-mlp' })
      const drawn = await model.sample({ count: 3, label: 'b', steps: 3 })
      const { values, ...picture } = table.pictures![0]!
      return {
        picture,
        values: Array.from(values as Uint8Array),
        small: [small.width, small.height],
        cells: table.columns.map((column) => [column.name, ...column.values]),
        ...{ notes, broken: broken.map(({ name }) => name) },
        drawn: (drawn.pictures![0]!.values as Uint8Array).length,
        empty: await codeOf(picturesFromFiles([new File(['no picture'], 'x.png')])),
      }
    },
    table: async () => {
      configureWeb({ wasmPaths: '/onnxruntime/', threads: 1 })
      const model: TableModel = await fitTable(rows as readonly RowObject[], quick)
      const bytes = new Uint8Array(await (await model.save()).arrayBuffer())
      let text = ''
      for (const byte of bytes) text += String.fromCharCode(byte)
      return { drawn: await model.sample({ count: 5, seed: 2 }), saved: btoa(text) }
    },
  },
})
