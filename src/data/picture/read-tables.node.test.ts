import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pictureFolders } from './pictures.test-helper.ts'
import { readPictures } from './read.node.ts'

const { folderOf } = pictureFolders()

describe('IDX files', () => {
  const images = Uint8Array.of(
    0,
    0,
    8,
    3,
    0,
    0,
    0,
    3,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    2,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
  )
  const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 7)

  it('come with the labels beside them, gzipped or not', async () => {
    const folder = await folderOf({
      't-images-idx3-ubyte.gz': gzipSync(images),
      't-labels-idx1-ubyte': labels,
    })
    const { table } = await readPictures(join(folder, 't-images-idx3-ubyte.gz'))
    expect(table.columns.map(({ name, values }) => [name, ...values])).toEqual([['label', '7', '0', '7']])
    expect(table.pictures![0]).toMatchObject({
      width: 2,
      height: 2,
      channels: 1,
      values: images.subarray(16),
    })
  })

  it.each([
    [
      'labels of another set',
      { 'a-images-idx3-ubyte': images, 'a-labels-idx1-ubyte': Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7) },
      'a-images-idx3-ubyte',
      'data/idx-labels',
    ],
    ['labels in the place of pictures', { 'a-labels-idx1-ubyte': labels }, 'a-labels-idx1-ubyte', 'data/idx'],
    [
      'a file that is cut off',
      { 'a-images-idx3-ubyte.gz': gzipSync(images).subarray(0, 20) },
      'a-images-idx3-ubyte.gz',
      'data/idx',
    ],
    ['no file', {}, 'a-images-idx3-ubyte', 'data/no-such-file'],
  ])('%s are refused', async (_, files, name, code) => {
    await expect(readPictures(join(await folderOf(files), name))).rejects.toMatchObject({ code })
  })
})

describe('tables of pixels', () => {
  const csvOf = async (lines: readonly string[]): Promise<string> => {
    const folder = await folderOf({ 'keep.txt': '' })
    const path = join(folder, 'pixels.csv')
    writeFileSync(path, `${lines.join('\n')}\n`)
    return path
  }

  it('a row is a picture, and the last column its label where the others make a square', async () => {
    const { table, notes } = await readPictures(await csvOf(['0,1,2,16,5', '4,5,6,7,3', '1,1,1,1,5']))
    expect(table.pictures![0]).toMatchObject({
      width: 2,
      height: 2,
      channels: 1,
      levels: 17,
      values: Uint8Array.of(0, 1, 2, 16, 4, 5, 6, 7, 1, 1, 1, 1),
    })
    expect(table.columns.map(({ name, values }) => [name, ...values])).toEqual([['label', '5', '3', '5']])
    expect(notes).toContain('The pixels have 17 levels, 0 to 16.')
  })

  it('a column that is called label is it, wherever it stands; fractions are brought to 255', async () => {
    const { table } = await readPictures(
      await csvOf(['label,a,b,c,d', 'x,0,0.5,1,0.2', 'y,1,1,0,0.25', 'x,0,0,0,0.5']),
    )
    expect(table.pictures![0]).toMatchObject({
      levels: 256,
      values: Uint8Array.of(0, 128, 255, 51, 255, 255, 0, 64, 0, 0, 0, 128),
    })
    expect(table.columns[0]!.values).toEqual(['x', 'y', 'x'])
  })

  it.each([
    ['no square', ['a,b,c,d,e,f,g', '1,2,3,4,5,6,7', '1,2,3,4,5,6,8'], 'make no square picture'],
    ['above 255', ['a,b,c,d', '1,2,3,400', '1,2,3,5'], 'lie between 0 and 400'],
    ['text', ['a,b,c,d', '1,2,3,x', '1,2,3,y'], 'the column d holds text'],
    ['a gap', ['a,b,c,d', '1,2,3,', '1,2,3,4'], 'a gap in row 1'],
  ])('pixels that are %s are refused', async (_, lines, says) => {
    await expect(readPictures(await csvOf(lines))).rejects.toMatchObject({
      code: 'data/pixels',
      message: expect.stringContaining(says),
    })
  })
})
