import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../files/index.ts'
import type { TrainingState } from '../../training/index.ts'
import type { OpenedModel } from '../experiment/open-model.node.ts'
import { replaceFile } from '../folder/durable.node.ts'
import type { PlacesKey, PlacesStore } from './dequantisation.ts'

/** Where a run keeps the places that it learned. */
export const placesFile = 'dequantiser.safetensors'

/**
 * Keeps learned places in a run's folder, whole or begun. They count for the weights that they were learned for, to the bit, and for
 * no others. A folder that cannot be written only means that they are learned again next time; a damaged file, too.
 */
export function placesInRun({ run, fitted }: OpenedModel): (key: PlacesKey) => PlacesStore {
  const path = join(run.folder, placesFile)
  return (asked) => {
    const sum = createHash('sha256').update(JSON.stringify([asked, fitted.range.sigmaMin]))
    for (const [name, values] of Object.entries(fitted.values))
      sum.update(name).update(Float32Array.from(values))
    const key = sum.digest('hex')
    return {
      load: async () => {
        const bytes = await readFile(path).catch(() => undefined)
        if (bytes === undefined) return undefined
        try {
          const { tensors, metadata } = decodeSafetensors(bytes, path)
          return metadata['key'] === key ? stateOf(tensors, Number(metadata['step'])) : undefined
        } catch {
          return undefined
        }
      },
      save: async ({ step, groups }) => {
        const tensors = Object.entries(groups).flatMap(([group, values]) =>
          Object.entries(values).map(
            ([name, data]) => [`${group}/${name}`, { shape: [data.length], data }] as const,
          ),
        )
        const metadata = { key, step: String(step) }
        await replaceFile(path, encodeSafetensors(Object.fromEntries(tensors), metadata)).catch(() => {})
      },
    }
  }
}

function stateOf(tensors: Readonly<Record<string, StoredTensor>>, step: number): TrainingState {
  const groups: Record<string, Record<string, Float32Array>> = {}
  for (const [name, { data }] of Object.entries(tensors)) {
    const slash = name.indexOf('/')
    groups[name.slice(0, slash)] ??= {}
    groups[name.slice(0, slash)]![name.slice(slash + 1)] = data
  }
  return { step, groups, bestLoss: null, bestStep: 0, evaluationsWithoutBest: 0 }
}
