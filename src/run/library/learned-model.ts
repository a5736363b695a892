import { ScorefieldError } from '../../base/index.ts'
import type { Encoding } from '../../data/index.ts'
import type { Runtime } from '../../engine/index.ts'
import type { Family, Model } from '../../family/index.ts'
import type { Network } from '../../nn/index.ts'
import type { UsualConditions } from '../../sampling/index.ts'
import type { TrainingState } from '../../training/index.ts'
import type { RunConfig } from '../config/schema.ts'
import type { DataDescription } from '../data/kind.ts'
import { FittedModel } from '../experiment/fitted-model.ts'
import type { ParameterShapes } from '../folder/checkpoint-files.ts'
import { type ModelPlace, putFiles } from './places.ts'
import { filesOf, type SavedFiles } from './saved-files.ts'

/** All that makes a trained model: what a run's folder holds. */
export interface LearnedParts {
  readonly config: RunConfig
  /** What is known of the data, as data.json says it. */
  readonly description: DataDescription
  readonly model: Model
  /** The records that the model is made of: the network where a program gave one. */
  readonly records: { readonly family: Family; readonly network?: Network | undefined }
  readonly encoding: Encoding
  /** Conditions of rows that are drawn with none given. */
  readonly usualConditions?: UsualConditions | undefined
  readonly state: TrainingState
  readonly runtime?: Runtime | undefined
  /** When it was made, ISO 8601 in UTC. */
  readonly created?: string | undefined
  readonly versions?: Readonly<Record<string, string>> | undefined
}

/** What `RowModel`, `TableModel` and `PictureModel` have in common. */
export abstract class LearnedModel {
  /** Its configuration, complete: what was told, and what was chosen from the data. */
  readonly config: RunConfig
  /** What is known of the data that it was trained on. */
  readonly description: DataDescription
  /** From the data to the model's coordinates and back. */
  readonly encoding: Encoding
  /** The model in its own coordinates. */
  readonly fitted: FittedModel
  /** Steps that it was trained for. */
  readonly step: number
  /** Where training stopped; it goes on from there (`resume`). */
  readonly state: TrainingState
  /** The records that it is made of. */
  readonly records: LearnedParts['records']
  private readonly parts: LearnedParts
  private isDisposed = false

  constructor(parts: LearnedParts) {
    const { config, description, encoding, state, model, runtime } = parts
    const { sigmaMin, sigmaMax, sigmaData } = config.training
    this.parts = parts
    this.records = parts.records
    this.config = config
    this.description = description
    this.encoding = encoding
    this.state = state
    this.step = state.step
    this.fitted = new FittedModel({
      model,
      family: config.model.family,
      values: state.best ?? state.groups['ema']!,
      range: { sigmaMin, sigmaMax, sigmaData },
      moments: description.moments,
      usualConditions: parts.usualConditions,
      runtime,
    })
  }

  /** Name of its family. */
  get family(): string {
    return this.config.model.family
  }

  /** What the model is called. */
  get name(): string {
    return this.config.name
  }

  /**
   * Keeps the model, in the format of the command line's runs.
   *
   * A text is a folder, in Node: `scorefield sample FOLDER` and all other commands take it. `{ indexedDB: NAME }` keeps it in the
   * browser, under that name. Without a place it is returned as a Blob, a zip file of the folder. `load` takes all three.
   * @throws ScorefieldError `run/exists` where the folder holds a run, `run/not-writable`, `run/disk-full`, `model/no-folders` in a
   * page, `model/no-indexeddb` where there is none.
   */
  async save(): Promise<Blob>
  async save(place: ModelPlace): Promise<undefined>
  async save(place?: ModelPlace): Promise<Blob | undefined> {
    this.requireAlive()
    return putFiles(this.files(), place)
  }

  /** The files of a run's folder, by their paths in it. */
  files(): SavedFiles {
    const { model, created = new Date().toISOString(), versions = {} } = this.parts
    const shapes: ParameterShapes = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { shape }]) => [name, shape]),
    )
    const { config, description, state } = this
    const manifest = { name: config.name, created, config, versions, commandLine: [] }
    return filesOf({ manifest, description, state, shapes })
  }

  /** Frees what the runtime holds for this model. Every later call says that it was disposed of. */
  async dispose(): Promise<void> {
    this.isDisposed = true
    await this.fitted.dispose()
  }

  /** Throws `model/disposed`. */
  protected requireAlive(): void {
    if (!this.isDisposed) return
    throw new ScorefieldError({
      kind: 'usage',
      code: 'model/disposed',
      message: `The model ${this.name} was disposed of.`,
      hint: 'Call dispose() last; save() before keeps the model, and load() opens it again.',
    })
  }
}
