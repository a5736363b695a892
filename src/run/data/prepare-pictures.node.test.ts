import { expect, test } from 'vitest'
import { readPictures, roomFor } from '../../data/node.ts'
import { madePicture, pictureFolders } from '../../data/picture/pictures.test-helper.ts'
import { preparePictures } from './prepare-pictures.ts'

const { folderOf } = pictureFolders()

const files = Object.fromEntries(
  Array.from({ length: 60 }, (_, i) => [
    `${i % 2 ? 'a' : 'b'}/${i}.png`,
    // Every third is one of three that come again and again.
    madePicture(6, 6, 4, i % 3 === 0 ? i % 9 : i)
      .png()
      .toBuffer(),
  ]),
)

test('pictures that lie in a file are split, measured and learned as those in memory', async () => {
  const folder = await folderOf(files)
  const wishes = { seed: 4, readAs: {} }
  const [memory, stored] = await Promise.all(
    [1e9, 10].map(async (mostBytesInMemory) => {
      const read = await readPictures(folder, { mostBytesInMemory })
      expect(read.table.pictures![0]!.values instanceof Uint8Array).toBe(mostBytesInMemory > 1000)
      return { ...(await preparePictures(read.table, read.notes, wishes)), close: read.dispose }
    }),
  )
  expect(stored!.description).toEqual(memory!.description)
  expect(stored!.heldOut).toEqual(memory!.heldOut)
  for (const first of [0, 40]) {
    const range = { first, count: 40 }
    const [a, b] = [memory!, stored!].map(({ source }) => ({ source, into: roomFor(source.example, 40) }))
    await b!.source.ready!(range)
    for (const { source, into } of [a!, b!]) source.fill(range, into)
    expect(b!.into).toEqual(a!.into)
  }
  await Promise.all([memory!.close(), stored!.close()])
})

test('equal pictures lie on one side, whatever their labels', async () => {
  const read = await readPictures(await folderOf(files))
  const prepared = await preparePictures(read.table, [], {
    seed: 4,
    readAs: {},
    split: { test: 0.3, validation: 0.2 },
  })
  const { trainingRows, validationRows, testRows, rowCount } = prepared.description
  expect(trainingRows + validationRows + testRows).toBe(rowCount)
  const points = (values: Float32Array): Set<string> => {
    const found = prepared.encoding.decode(values, values.length / 144).pictures![0]!.values as Uint8Array
    return new Set(
      Array.from({ length: found.length / 144 }, (_, i) => found.subarray(i * 144, (i + 1) * 144).join()),
    )
  }
  const into = roomFor(prepared.source.example, trainingRows)
  prepared.source.fill({ first: 0, count: trainingRows }, into)
  const learned = points(into.points)
  const heldOut = points(prepared.heldOut!.rows)
  expect(heldOut.size).toBeGreaterThan(0)
  expect([...heldOut].filter((picture) => learned.has(picture))).toEqual([])
})
