/**
 * Pictures as SVG text: pure functions of their data, the same text each time, in Node and in a browser.
 * Load this folder when a picture is asked for, not at start: the plotting library takes some 0.15 s.
 * In Node, `index.node.ts` adds the document, PNG and files.
 */
export { type CurlMapsOptions, curlMaps, type NamedCurl } from './curl-maps.ts'
export { type Curve, type CurvesOptions, curves, type MarkedPlace } from './curves.ts'
export { type FieldPlotOptions, fieldPlot } from './field-plot.ts'
export { type LossByNoiseLevelOptions, lossByNoiseLevel } from './noise-level.ts'
export { type PictureColumn, type PictureRows, pictureRows } from './pair-columns.ts'
export { type PairPlotOptions, pairPlot } from './pair-plot.ts'
export type { PictureOptions } from './panel.ts'
export { type Plane, type PlanesOptions, planes } from './planes.ts'
export { type PlaneField, type ScatterPlotOptions, scatterPlot } from './scatter-plot.ts'
export { type Paths, type TrajectoriesOptions, trajectories } from './trajectories.ts'
