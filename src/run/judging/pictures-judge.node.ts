import type { PictureEncoding, Table } from '../../data/index.ts'
import {
  evaluateRows,
  featureMetrics,
  featureWidth,
  type LabelAgreement,
  labelAgreement,
  measurePicturePrivacy,
  type PictureFigures,
  shareEstimate,
} from '../../evaluation/index.ts'
import type { RowsToJudgeBy } from '../experiment/judged-rows.node.ts'
import { affordableLikelihoodRows } from '../experiment/likelihood-rows.ts'
import type { OpenedModel } from '../experiment/open-model.node.ts'
import { drawnPictures } from './drawn-pictures.node.ts'
import type { SeenPictures } from './feature-training.ts'
import { codesOf, type Features, openFeatures } from './features.node.ts'
import { type EvaluateRunOptions, fewestRows, type Judge, type Judgement } from './judge.ts'
import { compareLikelihood, fittedBaselines } from './likelihood.node.ts'
import { showPictures } from './show-pictures.node.ts'

/** Pictures drawn, at most, unless told: a network over places draws some ten a second. */
const mostPictures = 2000
/** Pictures whose log-density is computed, at least: where fewer are affordable, none is. */
const fewestLikelihoodRows = 16

/** Pictures: judged by features of a network that learns to classify them. */
export const picturesJudge: Judge = {
  takes: ({ data }) => data.pictures !== undefined,
  judge: async (judged, opened, options) => {
    const encoding = opened.data.pictures!()
    const { training, heldOut } = judged
    const likelihood = await likelihoodOf(judged, opened, options)
    const enough = Math.min(training.table.rowCount / 2, heldOut.count) >= fewestRows
    return {
      ...likelihood,
      pictures: {},
      ...(enough ? await judgePictures(judged, opened, encoding, options) : {}),
    }
  },
  show: showPictures,
}

async function likelihoodOf(
  { training, heldOut }: RowsToJudgeBy,
  opened: OpenedModel,
  { seed = 0, signal, onProgress, likelihoodRows: asked }: EvaluateRunOptions,
): Promise<Pick<Judgement, 'likelihood'>> {
  const { fitted } = opened
  if (fitted.likelihoodKind === 'none') return {}
  const rows = Math.min(heldOut.count, asked ?? affordableLikelihoodRows(fitted))
  if (asked === undefined && rows < Math.min(heldOut.count, fewestLikelihoodRows)) return {}
  onProgress?.('baselines', 0, 1)
  const rivals = fittedBaselines(opened, training, seed)
  return {
    likelihood: await compareLikelihood(opened, rivals, heldOut, {
      rows,
      signal,
      onProgress: (done, total) => onProgress?.('log-likelihood', done, total),
    }),
  }
}

async function judgePictures(
  { training, learned, heldOut }: RowsToJudgeBy,
  opened: OpenedModel,
  encoding: PictureEncoding,
  options: EvaluateRunOptions,
): Promise<Pick<Judgement, 'samples' | 'privacy' | 'pictures'>> {
  const { seed = 0, signal, onProgress } = options
  const features = await openFeatures(opened, encoding, {
    training: training.table,
    test: heldOut.table,
    signal,
    onProgress: (done, total) => onProgress?.('features', done, total),
  })
  try {
    const { setAside } = features
    const count = Math.min(options.samples ?? mostPictures, Math.max(setAside.rowCount, heldOut.count))
    const synthetic = await drawnPictures(opened, count, { ...options, seed })
    onProgress?.('figures', 0, 1)
    const seen = {
      real: await features.see(setAside, signal),
      heldOut: await features.see(heldOut.table, signal),
      synthetic: await features.see(synthetic, signal),
    }
    const samples = evaluateRows({
      real: seen.real.features,
      heldOut: seen.heldOut.features,
      synthetic: seen.synthetic.features,
      columns: Array.from({ length: featureWidth }, (_, k) => `feature ${k + 1}`),
      seed,
      metrics: featureMetrics,
    })
    const privacy = await measurePicturePrivacy(
      { real: training.table, heldOut: heldOut.table, synthetic },
      {
        seed,
        training: learned,
        runtime: opened.fitted.runtime,
        signal,
        onProgress: (done, total) => onProgress?.('copies', done, total),
      },
    )
    return {
      samples,
      privacy,
      pictures: await picturesOf(features, encoding, {
        synthetic: { table: synthetic, seen: seen.synthetic },
        heldOut: { table: heldOut.table, seen: seen.heldOut },
      }),
    }
  } finally {
    await features.dispose()
  }
}

async function picturesOf(
  features: Features,
  encoding: PictureEncoding,
  { synthetic, heldOut }: Record<'synthetic' | 'heldOut', { table: Table; seen: SeenPictures }>,
): Promise<PictureFigures> {
  const { classes } = features.task.test
  const said = await features.tested()
  const right = said.reduce((sum, code, i) => sum + (code === classes[i] ? 1 : 0), 0)
  const accuracy = said.length > 0 ? shareEstimate(right / said.length, said.length) : undefined
  return {
    features: { ...features.facts, ...(accuracy ? { accuracy } : {}) },
    ...agreementOf(encoding, features, { synthetic, heldOut }),
  }
}

function agreementOf(
  encoding: PictureEncoding,
  { facts }: Features,
  { synthetic, heldOut }: Record<'synthetic' | 'heldOut', { table: Table; seen: SeenPictures }>,
): { agreement?: LabelAgreement } {
  const [drawn, real] = [codesOf(synthetic.table, encoding), codesOf(heldOut.table, encoding)]
  if (facts.task !== 'labels' || !encoding.labels || !drawn || !real) return {}
  return {
    agreement: labelAgreement({
      names: encoding.labels.names,
      synthetic: { labels: drawn, said: synthetic.seen.said },
      real: { labels: real, said: heldOut.seen.said },
    }),
  }
}
