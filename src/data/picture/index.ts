/** Pictures as cells of a table, their encoding as points [c, h, w] and back, their labels. */
export {
  type CanvasPixels,
  type PageFile,
  type PageOptions,
  type PagePictures,
  picturesFromFiles,
  picturesFromPixels,
} from './from-page.ts'
export { type IdxArray, parseIdx } from './idx.ts'
export {
  drawnLabels,
  type Labels,
  labelCodes,
  labelNamed,
  labelsOf,
  oneHot,
  unlabelledShare,
} from './labels.ts'
export {
  bytesOf,
  type Channels,
  filePicture,
  type LoadedPictures,
  loadPictures,
  type PictureColumn,
  type PictureShape,
  type PictureStore,
  pictureSums,
  requireLoaded,
  shapeInWords,
  shownPicture,
  takePictures,
  typeOfPictures,
} from './picture-column.ts'
export {
  fileColumn,
  labelColumn,
  PictureEncoding,
  type PictureEncodingParts,
  pictureColumn,
} from './picture-encoding.ts'
export { type PictureExamples, pictureSource } from './picture-source.ts'
export { differenceHash, hammingDistance, pictureSum } from './picture-sum.ts'
export {
  brokenChoices,
  type PictureMode,
  type PictureWishes,
  type PixelSize,
  pictureFits,
  pictureModes,
  sizeTold,
  type ToldWishes,
  toldWishes,
  usualLargestMegapixels,
} from './picture-wishes.ts'
