import { ScorefieldError } from '../../base/index.ts'
import type { TrainingState } from '../../training/index.ts'
import type { DataDescription } from '../data/kind.ts'
import {
  type CheckpointPlace,
  checkpointFolder,
  checkpointsFolder,
  encodeCheckpoint,
  type ParameterShapes,
  readHeader,
  readState,
} from '../folder/checkpoint-files.ts'
import { type Manifest, parseManifest, runFiles } from '../folder/manifest.ts'

/** The files of a run's folder, by their paths in it. */
export type SavedFiles = Readonly<Record<string, Uint8Array>>

/** What the files of a run say. */
export interface SavedRun {
  readonly manifest: Manifest
  readonly description: DataDescription
  readonly state: TrainingState
}

/** The files of a run with one checkpoint. */
export function filesOf(
  run: SavedRun & { readonly shapes?: ParameterShapes | undefined },
): Record<string, Uint8Array> {
  const { manifest, description, state, shapes } = run
  const folder = `${checkpointsFolder}/${checkpointFolder(state.step)}`
  const checkpoint = Object.entries(encodeCheckpoint(state, shapes)).map(
    ([name, content]) => [`${folder}/${name}`, content] as const,
  )
  return Object.fromEntries(
    [...Object.entries(runFiles(manifest, description)), ...checkpoint].map(([path, content]) => [
      path,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  )
}

/**
 * What the files of a run say, of its newest good checkpoint. where: what a person calls them.
 * @throws ScorefieldError `run/not-a-run`, `run/unreadable`, `run/no-checkpoint`, `run/checkpoint-corrupt`, `run/newer-version`.
 */
export async function runOf(files: SavedFiles, where: string): Promise<SavedRun> {
  const manifest = parseManifest(jsonOf(files, 'run.json', where), {
    path: `${where}: run.json`,
    where,
    name: where,
  })
  const description = jsonOf(files, 'data.json', where) as DataDescription
  const checkpoints = [
    ...new Set(
      Object.keys(files)
        .filter((path) => path.startsWith(`${checkpointsFolder}/`))
        .map((path) => path.slice(0, path.lastIndexOf('/'))),
    ),
  ].sort()
  let failure: unknown
  for (const folder of checkpoints.reverse()) {
    const place: CheckpointPlace = {
      where: `${where}: ${folder}`,
      pathOf: (name) => `${where}: ${folder}/${name}`,
      read: async (name) => files[`${folder}/${name}`],
    }
    try {
      return { manifest, description, state: await readState(place, await readHeader(place)) }
    } catch (error) {
      if (!(error instanceof ScorefieldError) || error.code !== 'run/checkpoint-corrupt') throw error
      failure ??= error
    }
  }
  throw (
    failure ??
    new ScorefieldError({
      kind: 'usage',
      code: 'run/no-checkpoint',
      message: `${where} has no checkpoint yet.`,
      where,
      hint: 'Train it first, or longer.',
    })
  )
}

function jsonOf(files: SavedFiles, name: string, where: string): unknown {
  const bytes = files[name]
  if (!bytes)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'run/not-a-run',
      message: `${where} holds no model: it has no ${name}.`,
      where,
      hint: 'Give what model.save() made, or the folder of a run.',
    })
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'run/unreadable',
      message: `${name} of ${where} cannot be read: ${(cause as Error).message}.`,
      where,
      cause,
    })
  }
}
