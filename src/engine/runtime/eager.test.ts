import { expect, it } from 'vitest'
import { Place } from './eager.ts'
import type { Executor } from './runtime.ts'

const executor = (): Executor => ({ dispose: async () => {} }) as unknown as Executor

it('one program at a time has the place, from before it is made until it is disposed', async () => {
  const place = new Place()
  const first = place.take()!
  expect(place.take()).toBeUndefined()
  const made = executor()
  place.holdUntilDisposed(first, made)
  expect(place.take()).toBeUndefined()
  await made.dispose()
  const second = place.take()
  expect(second).toBeDefined()
  // Disposed twice: it is somebody else's by now.
  await made.dispose()
  expect(place.take()).toBeUndefined()
})

it('is free again where the program could not be made', () => {
  const place = new Place()
  place.give(place.take()!)
  expect(place.take()).toBeDefined()
})
