import { diagnosisSentences, number } from '../../../evaluation/index.ts'
import { type Axis, fittedAxis, linearAxis, logAxis } from '../../picture/axis.ts'
import { frameOf, spreadRows } from '../../picture/numbers.ts'
import { smoothed } from '../../picture/smoothed.ts'
import { countText } from '../../picture/text.ts'
import { atX, atY, axes, drawing, type Frame, path } from '../chart.ts'
import type { ReportData, ReportTraining } from '../data.ts'
import { type Html, html } from '../html.ts'
import { figure, type Section } from '../parts.ts'
import { type TurningPoint, trainingSentences, turningPointOf, turningText } from '../steps.ts'

const size = { width: 340, height: 236 }
const inner = { left: 48, top: 24, width: 284, height: 166 }
/** Values drawn of one curve, at most. */
const curvePoints = 500
const tableRows = 40

/** How the loss went, over the steps and over the noise levels. */
export function trainingSection({ training, evaluation }: ReportData): Section {
  const { byNoiseLevel } = training
  const said = evaluation.diagnosis ? diagnosisSentences(evaluation.diagnosis) : []
  return {
    id: 'training',
    heading: 'How the training went',
    short: 'Training',
    body: html`<p>${trainingSentences(training).join(' ')}</p>${said.length > 0 && html`<p>${said.join(' ')}</p>`}<div class="grid wide">${lossFigure(training)}${
      byNoiseLevel && noiseFigure(byNoiseLevel)
    }</div>`,
  }
}

function lossFigure({ loss, heldOut }: ReportTraining): Html {
  const smooth = smoothed(loss.loss)
  const [last, best] = [smooth.at(-1), turningPointOf(heldOut)]
  const steps = [...loss.step, ...heldOut.step]
  const extent =
    steps.length > 0 ? { low: Math.min(0, ...steps), high: Math.max(1, ...steps) } : { low: 0, high: 1 }
  const frame: Frame = {
    ...inner,
    x: fittedAxis(extent, { length: inner.width, overhang: 14 }),
    y: linearAxis(frameOf(loss.loss, heldOut.loss), 4),
  }
  const line = (x: readonly number[], y: readonly number[]): string =>
    path(
      frame,
      spreadRows(x.length, curvePoints).map((i) => [x[i]!, inside(y[i]!, frame.y)]),
    )
  const body = html`${axes(frame, { x: 'training step', y: 'weighted loss' })}<g class="neutral"><path class="line thin" d="${line(loss.step, loss.loss)}"/></g><g class="real"><path class="line" d="${line(loss.step, smooth)}"/></g><g class="synthetic"><path class="line" d="${line(heldOut.step, heldOut.loss)}"/>${heldOut.step.map(
    (step, i) =>
      html`<circle class="fill" cx="${atX(frame, step).toFixed(1)}" cy="${atY(frame, heldOut.loss[i]!).toFixed(1)}" r="3.2"/>`,
  )}</g>${best && turningMark(frame, best)}`
  const description = [
    last === undefined
      ? 'The log holds no training loss.'
      : `The training loss, smoothed, went from ${number(smooth[0]!)} to ${number(last)}.`,
    best === undefined
      ? 'No rows were held out.'
      : `The held-out loss was least, ${number(best.loss)}, at step ${countText(best.step)}${best.learnsByHeart ? ', and rose from there' : ''}.`,
  ].join(' ')
  return figure({
    heading: 'Loss by step',
    caption: `The objective’s weighted squared error. ${
      best === undefined
        ? ''
        : best.learnsByHeart
          ? `The held-out loss is ${turningText(best)}: it rises while training loss falls. `
          : `The held-out loss is ${turningText(best)}, and did not rise again by more than its standard error. `
    }Held-out loss that rises while training loss falls is a sign of learning by heart.`,
    key: html`<ul class="key">${keyEntry('neutral', html`<path class="line thin" d="M1,9L7,4L13,10L19,5L27,8"/>`, 'training, each log entry')}${keyEntry('real', html`<path class="line" d="M1,7H27"/>`, 'training, smoothed')}${
      best &&
      keyEntry(
        'synthetic',
        html`<path class="line" d="M1,7H27"/><circle class="fill" cx="14" cy="7" r="3.6"/>`,
        'held out',
      )
    }</ul>`,
    drawing: drawing({ id: 'loss-by-step', title: 'Loss by training step', description, ...size, body }),
    table: {
      caption:
        heldOut.step.length > 0
          ? 'Held-out loss by step, and the smoothed training loss there'
          : 'Smoothed training loss by step',
      heads: [
        'Step',
        { text: 'Held-out loss', numeric: true },
        { text: 'Standard error', numeric: true },
        { text: 'Training, smoothed', numeric: true },
      ],
      rows: (heldOut.step.length > 0
        ? spreadRows(heldOut.step.length, tableRows).map((i) => ({
            step: heldOut.step[i]!,
            loss: heldOut.loss[i],
            error: heldOut.standardError[i],
          }))
        : spreadRows(loss.step.length, tableRows).map((i) => ({
            step: loss.step[i]!,
            loss: undefined,
            error: undefined,
          }))
      ).map(({ step, loss: held, error }) => [
        countText(step),
        held === undefined ? '–' : number(held, 4),
        typeof error === 'number' ? number(error) : '–',
        nearest(loss.step, smooth, step),
      ]),
    },
  })
}

/** A line across the chart where the held-out loss is least, with the step beside it. */
function turningMark(frame: Frame, best: TurningPoint): Html {
  const x = atX(frame, best.step)
  const isRight = x > frame.left + 0.6 * frame.width
  return html`<g class="turning"><path class="axis" stroke-dasharray="4 3" d="M${x.toFixed(1)},${frame.top}V${frame.top + frame.height}"/><text class="tick halo ${isRight ? 'end' : 'start'}" x="${(x + (isRight ? -5 : 5)).toFixed(1)}" y="${frame.top + 11}">best: step ${countText(best.step)}</text></g>`
}

function keyEntry(kind: string, sample: Html, text: string): Html {
  return html`<li><svg class="${kind}" viewBox="0 0 28 14" aria-hidden="true" focusable="false"><g class="${kind}">${sample}</g></svg>${text}</li>`
}

/** A stray value is drawn at the frame's edge. */
function inside(value: number, { low, high }: Axis): number {
  return Number.isFinite(value) ? Math.max(low, Math.min(high, value)) : Number.NaN
}

function nearest(steps: readonly number[], values: readonly number[], step: number): string {
  if (steps.length === 0) return '–'
  const index = steps.findIndex((at) => at >= step)
  return number(values[index < 0 ? steps.length - 1 : index]!, 4)
}

function noiseFigure({ sigma, loss, count }: NonNullable<ReportTraining['byNoiseLevel']>): Html {
  const values = loss.map((value) => value ?? Number.NaN)
  // Bins are evenly spaced in ln σ.
  const step = sigma.length > 1 ? Math.sqrt(sigma[1]! / sigma[0]!) : Math.E
  const extent = { low: sigma[0]! / step, high: sigma.at(-1)! * step }
  const most = Math.max(1, ...count)
  const finite = values.filter(Number.isFinite)
  const frame: Frame = {
    ...inner,
    x: logAxis(extent),
    y: linearAxis({ low: 0, high: 1.08 * Math.max(1e-9, ...finite) }, 4),
  }
  const bars = sigma.map((level, i) => {
    const [from, to] = [atX(frame, level / step), atX(frame, level * step)]
    const height = (0.9 * inner.height * count[i]!) / most
    return html`<rect class="floor" x="${(from + 0.7).toFixed(1)}" y="${(inner.top + inner.height - height).toFixed(1)}" width="${Math.max(0.5, to - from - 1.4).toFixed(1)}" height="${height.toFixed(1)}"/>`
  })
  const body = html`${bars}${axes(frame, { x: 'noise level σ, in the model’s units', y: 'weighted loss' })}<g class="real"><path class="line" d="${path(
    frame,
    sigma.map((level, i) => [level, values[i]!]),
  )}"/>${sigma.map(
    (level, i) =>
      Number.isFinite(values[i]) &&
      html`<circle class="fill" cx="${atX(frame, level).toFixed(1)}" cy="${atY(frame, values[i]!).toFixed(1)}" r="3"/>`,
  )}</g>`
  return figure({
    heading: 'Loss by noise level',
    caption:
      'Line: mean loss of the examples at each noise level. Bars: the number of examples; trust a loss of few examples little.',
    drawing: drawing({
      id: 'loss-by-noise-level',
      title: 'Loss by noise level',
      description: `Over noise levels from ${number(sigma[0]!)} to ${number(sigma.at(-1)!)}, the mean loss lies between ${number(Math.min(...finite))} and ${number(Math.max(...finite))}.`,
      ...size,
      body,
    }),
    table: {
      caption: 'Mean weighted loss of the examples in each bin of noise levels',
      heads: ['Noise level σ', { text: 'Loss', numeric: true }, { text: 'Examples', numeric: true }],
      rows: sigma.map((level, i) => [
        number(level),
        Number.isFinite(values[i]) ? number(values[i]!, 4) : '–',
        countText(count[i]!),
      ]),
    },
  })
}
