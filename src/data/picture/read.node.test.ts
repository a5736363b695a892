import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSink } from './file-store.node.ts'
import type { LoadedPictures, PictureStore } from './picture-column.ts'
import { sizeOfPictures } from './picture-wishes.ts'
import { madePicture, madePixels, pictureFolders, sharp } from './pictures.test-helper.ts'
import { readPictures } from './read.node.ts'

const { root, folderOf } = pictureFolders()

const grey = (seed: number, width = 8, height = 8): Promise<Uint8Array> =>
  madePicture(width, height, 1, seed).png().toBuffer()
const colour = (seed: number, width = 8, height = 8): Promise<Uint8Array> =>
  madePicture(width, height, 3, seed).png().toBuffer()
const pixelsOf = async (
  source: string,
  wishes: Parameters<typeof readPictures>[1] = {},
): Promise<LoadedPictures> => (await readPictures(source, wishes)).table.pictures![0] as LoadedPictures

describe('files of pictures', () => {
  it('come with their labels and names, pixel by pixel, whatever holds them', async () => {
    const folder = await folderOf({
      'cat/a.png': colour(1),
      'cat/deep/b.webp': madePicture(8, 8, 3, 2).webp({ lossless: true }).toBuffer(),
      'dog/c.tiff': madePicture(8, 8, 3, 3).tiff({ compression: 'lzw' }).toBuffer(),
      'd.gif': madePicture(8, 8, 3, 4).gif().toBuffer(),
      'e.avif': madePicture(8, 8, 3, 5).avif({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
      'f.jpg': madePicture(8, 8, 3, 6).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
      'README.md': 'about',
    })
    const { table, notes } = await readPictures(folder)
    expect(table.rowCount).toBe(6)
    expect(table.columns.map(({ name, values }) => [name, ...values])).toEqual([
      ['label', 'cat', 'cat', null, 'dog', null, null],
      ['file', 'cat/a.png', 'cat/deep/b.webp', 'd.gif', 'dog/c.tiff', 'e.avif', 'f.jpg'],
    ])
    const { values, channels } = table.pictures![0] as LoadedPictures
    expect(channels).toBe(3)
    const at = (row: number): Uint8Array => values.subarray(row * 192, (row + 1) * 192)
    for (const [row, seed] of [
      [0, 1],
      [1, 2],
      [3, 3],
    ] as const)
      expect(new Uint8Array(at(row)), String(row)).toEqual(madePixels(8, 8, 3, seed))
    for (const [row, seed] of [
      [4, 5],
      [5, 6],
    ] as const) {
      const off =
        at(row).reduce((sum, value, i) => sum + Math.abs(value - madePixels(8, 8, 3, seed)[i]!), 0) / 192
      expect(off, String(row)).toBeLessThan(3)
    }
    expect(notes).toEqual([expect.stringContaining('1 other file is no picture and passed over (README.md)')])
  })

  it('a pattern takes what it names, and no labels', async () => {
    const folder = await folderOf({
      'a.png': grey(1),
      'b.png': grey(2),
      'c.webp': madePicture(8, 8, 3, 3).webp().toBuffer(),
    })
    const { table } = await readPictures(join(folder, '*.png'))
    expect(table.columns.map(({ name, values }) => [name, ...values])).toEqual([['file', 'a.png', 'b.png']])
  })

  it.each([
    [
      'grey where all is grey, though the files are not',
      { 'a.png': grey(1), 'b.png': madePicture(8, 8, 1, 2).toColourspace('srgb').png().toBuffer() },
      1,
    ],
    ['colour where one is', { 'a.png': grey(1), 'b.png': colour(2) }, 3],
    [
      'colour where opacity is 255 everywhere',
      { 'a.png': colour(1), 'b.png': madePicture(8, 8, 3, 2).ensureAlpha().png().toBuffer() },
      3,
    ],
    [
      'transparency where something is transparent',
      { 'a.png': colour(1), 'b.png': madePicture(8, 8, 4, 2).png().toBuffer() },
      4,
    ],
  ])('are %s', async (_, files, channels) => {
    expect((await pixelsOf(await folderOf(files))).channels).toBe(channels)
  })

  it('with the same visible pixels are equal, whatever their invisible colours', async () => {
    const made = (hidden: number): Promise<Uint8Array> => {
      const pixels = madePixels(8, 8, 4, 1)
      for (let at = 0; at < 64; at += 4) pixels.set([hidden, hidden, 7, 0], at)
      return sharp(pixels, { raw: { width: 8, height: 8, channels: 4 } })
        .png()
        .toBuffer()
    }
    const { values } = await pixelsOf(await folderOf({ 'a.png': made(10), 'b.png': made(200) }))
    expect(values.subarray(0, 256)).toEqual(values.subarray(256))
    for (let at = 0; at < 256; at += 4)
      expect(Math.max(...values.subarray(at, at + 3))).toBeLessThanOrEqual(values[at + 3]!)
  })

  it('are turned as EXIF says, and 16 bits and CMYK are brought to 8 bits and sRGB, with a note each', async () => {
    const deep = new Uint16Array(64).map((_, i) => i * 1024)
    const folder = await folderOf({
      'turned.jpg': madePicture(8, 8, 3, 1)
        .withMetadata({ orientation: 6 })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer(),
      'plain.png': madePicture(8, 8, 3, 1).rotate(90).png().toBuffer(),
      'deep.png': sharp(deep, { raw: { width: 8, height: 8, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
      'print.jpg': madePicture(8, 8, 3, 2).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
    })
    const { table, notes } = await readPictures(folder)
    const { values } = table.pictures![0] as LoadedPictures
    const at = (row: number): Uint8Array => values.subarray(row * 192, (row + 1) * 192)
    const off = (a: Uint8Array, b: Uint8Array): number =>
      a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length
    // deep, plain, print, turned
    expect(Array.from(at(0)).filter((_, i) => i % 3 === 0)).toEqual(Array.from(deep, (value) => value >> 8))
    expect(off(at(3), at(1))).toBeLessThan(3)
    expect(off(at(2), madePixels(8, 8, 3, 2))).toBeLessThan(40)
    for (const says of [
      'has more than 8 bits a number',
      'CMYK',
      'is turned as its EXIF data say',
      'all are learned as colour',
    ])
      expect(notes.join('\n')).toContain(says)
  })

  it('of several sizes and shapes are cut, or filled where that is wished', async () => {
    const folder = await folderOf({
      'a.png': grey(1, 12, 8),
      'b.png': grey(2, 8, 8),
      'c.png': grey(3, 20, 20),
    })
    const cropped = await readPictures(folder)
    expect(cropped.table.pictures![0]).toMatchObject({ width: 8, height: 8 })
    expect(cropped.notes.join('\n')).toMatch(
      /sides of 8 to 20 pixels; they are brought to 8 × 8.*\n.*1 of 3 pictures have another shape.*cut away/,
    )
    const padded = await readPictures(folder, { size: '12x6', fit: 'pad' })
    expect(padded.table.pictures![0]).toMatchObject({ width: 12, height: 6 })
    // 8 × 8 into 12 × 6: three empty columns on either side.
    const { values } = padded.table.pictures![0] as LoadedPictures
    expect(values.subarray(72, 75)).toEqual(new Uint8Array(3))
  })

  it('that are many are read alike from the file that holds them', async () => {
    const sink = await openSink(5, 4, 10)
    const made = Array.from({ length: 5 }, (_, i) => madePixels(2, 2, 1, i))
    for (const place of [3, 0, 4, 1]) await sink.put(place, made[place]!)
    const store = (await sink.finish(Int32Array.of(0, 1, 3, 4), ['a', 'b', 'c', 'd'])) as PictureStore
    expect(await store.read(Int32Array.of(3, 2, 0))).toEqual(
      Uint8Array.of(...made[4]!, ...made[3]!, ...made[0]!),
    )
    const memory = await openSink(5, 4)
    for (const place of [3, 0, 4, 1]) await memory.put(place, made[place]!)
    expect(await memory.finish(Int32Array.of(0, 1, 3, 4), [])).toEqual(
      Uint8Array.of(...made[0]!, ...made[1]!, ...made[3]!, ...made[4]!),
    )
    await sink.dispose()
  })
})

describe('bad input', () => {
  const animated = (): Promise<Uint8Array> =>
    sharp(new Uint8Array([...madePixels(8, 8, 3, 1), ...madePixels(8, 8, 3, 2)]), {
      raw: { width: 8, height: 16, channels: 3, pageHeight: 8 },
    })
      .gif()
      .toBuffer()
  const cut = async (picture: Promise<Uint8Array>): Promise<Uint8Array> => {
    const bytes = await picture
    return bytes.subarray(0, Math.floor(bytes.length * 0.6))
  }
  const jpeg = (): Promise<Uint8Array> => madePicture(40, 40, 3, 4).jpeg().toBuffer()
  it.each([
    ['0 bytes', { 'x.png': '' }, /x\.png holds 0 bytes/],
    [
      'text that is called a picture',
      { 'x.png': 'hello, this is no picture at all' },
      /x\.png holds no picture of a format that is known/,
    ],
    ['a JPEG that is cut off', { 'x.jpg': cut(jpeg()) }, /x\.jpg is damaged or cut off/],
    ['a PNG that is cut off', { 'x.png': cut(colour(1, 40, 40)) }, /x\.png is damaged or cut off/],
    [
      'a header of 10⁹ pixels',
      { 'x.png': pngHeader(40_000, 25_000) },
      /x\.png has 40000 × 25000 pixels, more than 50 million/,
    ],
  ])('%s is named and left out, or refused where that is wished', async (_, files, says) => {
    const folder = await folderOf({ 'good.png': grey(1), ...files })
    const { table, notes, findings } = await readPictures(folder)
    expect(table.rowCount).toBe(1)
    expect(notes[0]).toMatch(/^1 file is left out: /)
    expect(notes[0]).toMatch(says)
    expect(findings!.broken).toHaveLength(1)
    await expect(readPictures(folder, { broken: 'refuse' })).rejects.toMatchObject({
      code: 'data/broken-pictures',
      kind: 'data',
      message: expect.stringMatching(says),
      hint: expect.stringContaining('--broken skip'),
    })
  })

  it.each([
    ['nothing at all', {}, 'data/no-pictures', /holds nothing/],
    ['no pictures', { 'a.csv': 'a\n1' }, 'data/no-pictures', /holds no pictures; it holds a\.csv/],
    ['a run', { 'run.json': '{}', 'data.json': '{}' }, 'data/no-pictures', /run\.json/],
    [
      'pictures and sounds',
      { 'a.png': grey(1), 'b.wav': 'RIFF' },
      'data/two-kinds',
      /1 pictures and 1 sounds, such as b\.wav/,
    ],
    ['broken files only', { 'a.png': '', 'b.png': 'x' }, 'data/broken-pictures', /None of the 2 files/],
  ])('a folder with %s is refused', async (_, files, code, message) => {
    const folder = await folderOf({ '.hidden': '', ...files })
    await expect(readPictures(folder)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
  })

  it('sounds beside pictures are passed over where pictures are asked for', async () => {
    const folder = await folderOf({ 'a.png': grey(1), 'b.wav': 'RIFF' })
    expect((await readPictures(folder, { onlyPictures: true })).table.rowCount).toBe(1)
  })

  it('an animated picture gives its first frame, and a name that lies is told', async () => {
    const { table, notes } = await readPictures(await folderOf({ 'a.gif': animated(), 'b.jpg': colour(3) }))
    expect(table.rowCount).toBe(2)
    expect(notes.join('\n')).toMatch(/1 picture is animated: its first frame is taken/)
    expect(notes.join('\n')).toMatch(/1 picture holds another format than its name says.*b\.jpg/)
  })

  it.each([['0'], ['32x'], ['big'], ['5000']])('"%s" is no size', async (size) => {
    await expect(readPictures(await folderOf({ 'a.png': grey(1) }), { size })).rejects.toMatchObject({
      code: 'usage/size',
    })
  })

  it('what is not there is said', async () => {
    await expect(readPictures(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'data/no-such-file' })
  })
})

/** A PNG file of a valid header and nothing else to speak of. */
function pngHeader(width: number, height: number): Promise<Uint8Array> {
  return grey(1).then((bytes) => {
    const changed = Uint8Array.from(bytes)
    const view = new DataView(changed.buffer)
    view.setUint32(16, width)
    view.setUint32(20, height)
    view.setUint32(29, crc(changed.subarray(12, 29)))
    return changed
  })
}

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1
  }
  return ~sum >>> 0
}

describe('the size that is chosen', () => {
  const of = (width: number, height: number) => ({ width, height })
  it.each([
    ['the one that all have', [of(28, 30), of(28, 30)], of(28, 30)],
    ['that in proportion, where it is large', [of(200, 100)], of(64, 32)],
    ['a square of the shorter sides of several', [of(40, 30), of(30, 60), of(90, 50)], of(30, 30)],
    ['at most 64', [of(400, 300), of(640, 480)], of(64, 64)],
  ])('is %s', (_, sizes, size) => {
    expect(sizeOfPictures(sizes)).toMatchObject(size)
  })

  it('is found of more pictures than a call has room for', () => {
    const many = Array.from({ length: 300_000 }, (_, i) => of(30 + (i % 10), 40))
    expect(sizeOfPictures(many)).toMatchObject({
      ...{ width: 31, height: 31 },
      note: expect.stringContaining('sides of 30 to 40 pixels'),
    })
  })
})
