import type { PictureOptions } from './panel.ts'
import { densityMark, fieldFrame, fieldSentences, type PlaneField, scoreMark } from './plane-field.ts'
import { type PlaneLabels, type PlaneView, planePanels } from './plane-panels.ts'

/** What `fieldPlot` draws. */
export interface FieldPlotOptions extends PictureOptions, PlaneLabels {
  field: PlaneField
  /** What the density is, where that is to be said: a bound. Default: 'density'. */
  densityName?: string
  /** Sentences below the picture, before those on shade and arrows. */
  notes?: readonly string[]
}

/**
 * What a model believes of the plane: its density beside its score, on the same axes; one of the two alone where it has only that.
 * Throws `picture/shape`, `picture/uneven-grid`, `picture/no-document`.
 */
export function fieldPlot(options: FieldPlotOptions): string {
  const { field, densityName = 'density', notes = [], ...rest } = options
  const frame = fieldFrame(field)
  return planePanels({
    ...rest,
    frame,
    views: (width, height) => {
      const views: PlaneView[] = []
      if (field.logDensity) views.push({ name: densityName, marks: [densityMark(field)], grid: false })
      if (field.score)
        views.push({ name: 'score', marks: [scoreMark(field, frame, width, height)], grid: true })
      return views
    },
    caption: [...notes, ...fieldSentences(field)],
  })
}
