import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  labelCodes,
  labelColumn,
  type PictureEncoding,
  requireLoaded,
  type Table,
  takeRows,
} from '../../data/index.ts'
import { mapNamed, type Named } from '../../engine/index.ts'
import { type FeatureFacts, featureNetwork, featureWidth } from '../../evaluation/index.ts'
import { decodeSafetensors, encodeSafetensors } from '../../files/index.ts'
import type { OpenedModel } from '../experiment/open-model.node.ts'
import { cannotWrite, replaceFile } from '../folder/durable.node.ts'
import { type CodedPictures, type FeatureTask, featureTask } from './feature-task.ts'
import { FeatureReader, type SeenPictures, trainFeatures } from './feature-training.ts'
import { fewestRows } from './judge.ts'

/** Where a run keeps its feature network. */
const fileName = 'features.safetensors'
/** Of another version another network is made. */
const version = '1'
/** One training picture in so many is set aside, to stand for real ones that the network never saw; more where they are few. */
const asideShare = 5
const mostAside = 5000

/** What is known of a network from its file. */
type StoredFacts = Pick<FeatureFacts, 'steps' | 'seconds'>

/** A run's feature network, and what it sees; to be disposed of after use. */
export interface Features {
  readonly facts: Omit<FeatureFacts, 'accuracy'>
  readonly task: FeatureTask
  /** Training pictures that the network did not learn from. */
  readonly setAside: Table
  readonly see: (table: Table, signal?: AbortSignal) => Promise<SeenPictures>
  /** What the network says of the pictures that it is tested by. */
  readonly tested: (signal?: AbortSignal) => Promise<Int32Array>
  readonly dispose: () => Promise<void>
}

/**
 * The feature network of a run of pictures: read from its folder where it was trained before on the same pictures, else trained now on
 * its training pictures, but for one in five, and kept there. Its seed is the run's.
 *
 * training: pictures learned from, in memory; test: pictures that the model never saw. Errors: those of writing, the signal's reason.
 */
export async function openFeatures(
  opened: OpenedModel,
  encoding: PictureEncoding,
  given: {
    readonly training: Table
    readonly test: Table
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: ((done: number, total: number) => void) | undefined
  },
): Promise<Features> {
  const { training, test, signal, onProgress } = given
  const { seed } = opened.run.config
  const { runtime } = opened.fitted
  const rows = divided(training.rowCount)
  const task = featureTask({
    encoding,
    training: coded(takeRows(training, rows.learned), encoding),
    test: coded(test, encoding),
    seed,
  })
  const network = featureNetwork({ event: encoding.event, classes: task.classes })
  const path = join(opened.run.folder, fileName)
  const key = keyOf(opened, { task: task.task, classes: task.classes, learned: rows.learned.length })
  const kept = await stored(path, key)
  const trained = kept ?? (await trainFeatures({ task, network, seed, runtime, signal, onProgress }))
  if (!kept) {
    const { steps, seconds } = trained
    const tensors = mapNamed(trained.weights, (data, name) => ({
      shape: network.parameters[name]!.shape,
      data,
    }))
    const metadata = { key, facts: JSON.stringify({ steps, seconds }) }
    await replaceFile(path, encodeSafetensors(tensors, metadata)).catch((error) => {
      throw cannotWrite(path, error)
    })
  }
  const reader = await FeatureReader.open({ network, weights: trained.weights, runtime })
  return {
    facts: {
      task: task.task,
      classes: task.classes,
      width: featureWidth,
      trainedOn: rows.learned.length,
      setAside: rows.aside.length,
      steps: trained.steps,
      seconds: trained.seconds,
      seed,
    },
    task,
    setAside: takeRows(training, rows.aside),
    see: (table, stop) =>
      reader.read(
        table.rowCount,
        (from, to) =>
          encoding.encode(table, { rowIndices: Int32Array.from({ length: to - from }, (_, i) => from + i) }),
        stop,
      ),
    tested: async (stop) => (await reader.read(task.test.count, task.test.points, stop)).said,
    dispose: () => reader.dispose(),
  }
}

/** The place of each picture's label among the classes, −1 for none; undefined where there are no labels to learn. */
export function codesOf(table: Table, { labels }: PictureEncoding): Int32Array | undefined {
  const column = table.columns.find(({ name }) => name === labelColumn)
  return labels && column?.kind === 'text' ? labelCodes(labels, column.values) : undefined
}

function coded(table: Table, encoding: PictureEncoding): CodedPictures {
  return { pictures: requireLoaded(table.pictures![0]!), codes: codesOf(table, encoding) }
}

/** Rows to learn features from and rows to set aside, spread evenly. */
function divided(count: number): { readonly learned: Int32Array; readonly aside: Int32Array } {
  const every = Math.max(
    2,
    Math.min(asideShare, Math.floor(count / fewestRows)),
    Math.ceil(count / mostAside),
  )
  const rows = Int32Array.from({ length: count }, (_, row) => row)
  return {
    learned: rows.filter((row) => row % every !== 0),
    aside: rows.filter((row) => row % every === 0),
  }
}

/** What a network depends on: the pictures, the seed and how it is trained. */
function keyOf({ description, run }: OpenedModel, asked: object): string {
  const { moments: _, notes: __, ...data } = description
  return createHash('sha256')
    .update(JSON.stringify([version, run.config.seed, asked, data]))
    .digest('hex')
}

async function stored(
  path: string,
  key: string,
): Promise<({ readonly weights: Named<Float32Array> } & StoredFacts) | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return undefined
  try {
    const { tensors, metadata } = decodeSafetensors(bytes, path)
    if (metadata['key'] !== key) return undefined
    return {
      weights: mapNamed(tensors, ({ data }) => data),
      ...(JSON.parse(metadata['facts'] ?? '{}') as StoredFacts),
    }
  } catch {
    // A damaged file is made anew.
    return undefined
  }
}
