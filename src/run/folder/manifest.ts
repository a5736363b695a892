import { ScorefieldError } from '../../base/index.ts'
import { parseConfig } from '../config/config.ts'
import { isRecord } from '../config/problems.ts'
import type { RunConfig } from '../config/schema.ts'
import type { Fingerprint } from './fingerprint.node.ts'

/** The version of run folders that is written. */
export const runFormatVersion = 1

/** What run.json says. */
export interface Manifest {
  readonly name: string
  /** When the run was created, ISO 8601 in UTC. */
  readonly created: string
  readonly config: RunConfig
  /** Versions of what computes: scorefield, node, the runtime. */
  readonly versions: Readonly<Record<string, string>>
  /** Fingerprint of the data; absent where there are no bytes to take it of. */
  readonly fingerprint?: Fingerprint | undefined
  /** The command as it was typed, word by word; nothing of a model that a program trained. */
  readonly commandLine: readonly string[]
  /** The run whose weights this one started from; absent where it started anew. */
  readonly from?: RunOrigin | undefined
  /** What was changed after the run was created, the oldest first; absent where nothing was. */
  readonly history?: readonly RunChange[] | undefined
}

/** Weights that a run started from. */
export interface RunOrigin {
  /** Absolute path, as it was then. */
  readonly folder: string
  readonly name: string
  readonly weights: 'best' | 'ema' | 'model'
  /** The step that they are of. */
  readonly step: number
}

/** A change of a run's settings. */
export interface RunChange {
  /** ISO 8601 in UTC. */
  readonly at: string
  /** Steps done by then. */
  readonly step: number
  /** The command as it was typed, word by word. */
  readonly commandLine: readonly string[]
  /** By the path of a setting, what it was and what it is since. */
  readonly changed: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
}

/** What a new run is told; all of it goes into its folder. */
export interface RunDescription extends Omit<Manifest, 'name' | 'created'> {
  /** What is known of the data: the content of data.json. */
  readonly data: unknown
}

/** The two files that describe a run. */
export function runFiles(manifest: Manifest, data: unknown): Record<'run.json' | 'data.json', string> {
  return {
    'run.json': toJson({ formatVersion: runFormatVersion, ...manifest }),
    'data.json': toJson(data),
  }
}

/**
 * What a run.json says; path: the file, where: the run, name: what it is called unless it says so itself.
 *
 * Errors: `run/unreadable`, `run/newer-version`, `config/invalid`.
 */
export function parseManifest(
  manifest: unknown,
  { path, where, name }: { readonly path: string; readonly where: string; readonly name: string },
): Manifest {
  const version = isRecord(manifest) ? manifest['formatVersion'] : undefined
  if (!isRecord(manifest) || typeof version !== 'number')
    throw new ScorefieldError({
      kind: 'data',
      code: 'run/unreadable',
      message: `${path} is not the description of a run: it has no formatVersion.`,
      where: path,
    })
  if (version > runFormatVersion)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'run/newer-version',
      message: `${where} was written by a later release: version ${version}; this one reads up to ${runFormatVersion}.`,
      where: path,
      hint: 'Take a newer release of scorefield.',
    })
  const { formatVersion: _, ...rest } = manifest
  const config = parseConfig(manifest['config'], path)
  return { name, created: '', versions: {}, commandLine: [], ...rest, config }
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
