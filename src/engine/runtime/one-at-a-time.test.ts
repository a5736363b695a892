import { expect, it } from 'vitest'
import { queue } from './one-at-a-time.ts'

it('starts each piece of work after the one before has ended', async () => {
  const queued = queue()
  const events: string[] = []
  const work = (name: string, turns: number) => async (): Promise<string> => {
    events.push(`${name} starts`)
    for (let i = 0; i < turns; i++) await Promise.resolve()
    events.push(`${name} ends`)
    return name
  }
  const results = await Promise.all([
    queued(work('long', 20)),
    queued(work('short', 1)),
    queued(work('none', 0)),
  ])
  expect(results).toEqual(['long', 'short', 'none'])
  expect(events).toEqual(['long', 'short', 'none'].flatMap((name) => [`${name} starts`, `${name} ends`]))
})

it('goes on after work that failed, which alone hears of it', async () => {
  const queued = queue()
  const failed = queued(() => Promise.reject(new Error('no')))
  const next = queued(() => Promise.resolve(1))
  await expect(failed).rejects.toThrow('no')
  await expect(next).resolves.toBe(1)
})
