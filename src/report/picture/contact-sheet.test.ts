import { describe, expect, it, test } from 'vitest'
import type { PictureColumn } from '../../data/index.ts'
import { shortened, textWidth, writeText } from './bitmap-text.ts'
import { contactSheet, layout } from './contact-sheet.ts'

/** Pictures of 3 × 2, grey, that differ from each other and from the sheet's white in every pixel. */
function pictures(count: number): PictureColumn {
  const values = Uint8Array.from({ length: count * 6 }, (_, i) => (i * 37) % 250)
  return {
    kind: 'picture',
    name: 'picture',
    type: 'GREY8',
    width: 3,
    height: 2,
    channels: 1,
    levels: 256,
    values,
  }
}

const blocks = ['a', 'a', 'a', 'a', 'b', 'c', 'c', 'c', 'c', 'c', 'c']
const mixed = [
  'sandal',
  'bag',
  'sandal',
  'T-shirt/top, long sleeves',
  'bag',
  null,
  'bag',
  'bag',
  'bag',
  'bag',
  'bag',
]
const ways = [
  { name: 'no labels', labels: undefined },
  { name: 'blocks of labels', labels: blocks },
  { name: 'mixed labels', labels: mixed },
  { name: 'one label', labels: mixed.map(() => 'bag') },
]

describe.each(ways)('a sheet of $name', ({ labels }) => {
  const shown = pictures(11)
  const sheet = contactSheet(shown, { labels })
  const { places, scale, size, texts } = layout(shown, { labels })

  it('shows every pixel of every picture, unchanged, and nothing above another', () => {
    expect({ width: sheet.width, height: sheet.height }).toEqual(size)
    const taken = new Uint8Array(size.width * size.height)
    const [found, expected]: [number[], number[]] = [[], []]
    places.forEach(({ left, top }, row) => {
      for (let y = 0; y < 2 * scale; y++)
        for (let x = 0; x < 3 * scale; x++) {
          const at = (top + y) * sheet.width + left + x
          taken[at]!++
          if (x % 7 > 0 || y % 7 > 0) continue
          const pixel = Math.floor(y / scale) * 3 + Math.floor(x / scale)
          const value = (shown.values as Uint8Array)[row * 6 + pixel]!
          expected.push(value, value, value)
          found.push(...sheet.bytes.subarray(3 * at, 3 * at + 3))
        }
    })
    expect(found).toEqual(expected)
    for (const { text, left, top, scale: by } of texts) {
      expect(left + textWidth(text) * by <= size.width && top + 8 * by <= size.height).toBe(true)
      for (let y = 0; y < 8 * by; y++)
        for (let x = 0; x < textWidth(text) * by; x++) taken[(top + y) * sheet.width + left + x]!++
    }
    expect(Math.max(...new Set(taken))).toBe(1)
  })
})

test('names of labels stand beside their rows where those of each stand together, else below each picture', () => {
  const beside = layout(pictures(11), { labels: blocks })
  expect(beside.texts.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
  const rowsOf = (from: number, to: number): number[] => beside.places.slice(from, to).map(({ top }) => top)
  // Four a row: c goes on below itself, and nothing else stands on its rows.
  expect([new Set(rowsOf(0, 4)).size, new Set(rowsOf(4, 5)).size, new Set(rowsOf(5, 11)).size]).toEqual([
    1, 1, 2,
  ])
  expect(new Set(beside.places.map(({ top }) => top)).size).toBe(4)
  const below = layout(pictures(11), { labels: mixed })
  expect(below.texts).toHaveLength(11)
  below.texts.forEach(({ text, left, top }, row) => {
    expect(left).toBe(below.places[row]!.left)
    expect(top).toBeGreaterThan(below.places[row]!.top)
    expect((mixed[row] ?? '').startsWith(text.replace('…', ''))).toBe(true)
  })
  expect(below.texts[3]!.text).toMatch(/^T-shirt.*…$/)
  expect(layout(pictures(4), {}).texts).toEqual([])
})

test('letters are told apart, and a text is as wide as it says', () => {
  const written = (text: string, scale = 1): string => {
    const width = Math.max(1, textWidth(text)) * scale
    const canvas = { width, height: 8 * scale, bytes: new Uint8Array(width * 8 * scale * 3).fill(255) }
    writeText(canvas, text, { left: 0, top: 0, scale })
    return canvas.bytes.filter((_, i) => i % 3 === 0).join()
  }
  const all = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  expect(new Set(all.map((letter) => written(letter))).size).toBe(95)
  expect(written('É')).toBe(written('E'))
  expect(written('猫')).toBe(written('犬'))
  expect(written('a', 2).split(',')).toHaveLength(4 * written('a').split(',').length)
  for (const width of [4, 5, 11, 40, 1000]) {
    const short = shortened('Ankle boot', width)
    expect(textWidth(short)).toBeLessThanOrEqual(width)
    if (width === 1000) expect(short).toBe('Ankle boot')
  }
})
