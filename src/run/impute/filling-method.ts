import type { TableEncoding } from '../../data/index.ts'
import type { DrawRequest, PointSampler, SamplerSettings } from '../../sampling/index.ts'
import type { FittedModel } from '../experiment/fitted-model.ts'

/** A model that shall fill gaps. */
export interface FillingModel {
  readonly encoding: TableEncoding
  readonly fitted: FittedModel
  /** Columns that it was trained to be given, as the configuration names them (`model.conditions`); none unless given. */
  readonly mayBeGiven?: readonly string[] | undefined
}

/** Which points are drawn, and what is known of each: codes [count, d], NaN for what is asked for. */
export interface FillingRequest extends Omit<DrawRequest, 'conditions'> {
  readonly known: Float32Array
}

/** A method, compiled for a model. Point i depends on (model, method, seed, i, what is known of it) only. */
export interface FillingSampler extends Pick<PointSampler, 'dispose'> {
  /** Times that the network is asked for one point, all but the draws that are done again; a derivative counts as one more. */
  readonly evaluations: number
  readonly draw: (request: FillingRequest) => ReturnType<PointSampler['draw']>
}

/** A way to draw what is not known of a row: a record, found by its name. */
export interface FillingMethod {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Numbers that a person may set. */
  readonly settings: SamplerSettings
  /** Why it cannot do it, in a sentence without its full stop; undefined where it can. known: columns that rows have a value of. */
  readonly cannot: (model: FillingModel, known: readonly string[]) => string | undefined
  readonly open: (
    model: FillingModel,
    options: {
      readonly steps?: number | undefined
      /** Draws of each row, which lie beside each other. */
      readonly draws: number
      readonly methodOptions?: Readonly<Record<string, number>> | undefined
    },
  ) => Promise<FillingSampler>
}
