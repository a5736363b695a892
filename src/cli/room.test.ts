import { describe, expect, it } from 'vitest'
import { ScorefieldError } from '../base/index.ts'
import { memoryBytes, requireRoom } from './room.ts'

describe('requireRoom', () => {
  const rowBytes = 4 * 12 + 16 * 12

  it('lets through what fits, to the row', () => {
    const rows = { width: 12, columns: 12 }
    expect(() => requireRoom({ ...rows, count: 1000 }, 1000 * rowBytes)).not.toThrow()
    expect(() => requireRoom({ ...rows, count: 1001 }, 1000 * rowBytes)).toThrow(ScorefieldError)
  })

  it('keeps to what one array holds, however much memory there is', () => {
    expect(() => requireRoom({ count: 2 ** 31, width: 2, columns: 2 }, 1e15)).toThrow(/do not fit/)
  })

  it('names a part that fits', () => {
    const rows = { count: 1e9, width: 12, columns: 12 }
    let hint = ''
    try {
      requireRoom(rows, 1e9)
    } catch (error) {
      hint = (error as ScorefieldError).hint!
    }
    const part = Number(/-n (\d+) --first 0, then -n \1 --first \1/.exec(hint)![1])
    expect(part).toBe(1_000_000)
    expect(() => requireRoom({ ...rows, count: part }, 1e9)).not.toThrow()
  })

  it('knows this machine', () => {
    expect(memoryBytes()).toBeGreaterThan(1e8)
    expect(memoryBytes()).toBeLessThan(1e14)
  })
})
