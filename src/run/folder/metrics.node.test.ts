import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownFolder } from '../testing/runs.ts'
import { stateAt } from '../testing/states.ts'
import { appendEvent, readEvents, repairEvents, rewindEvents } from './metrics.node.ts'

const event = (step: number) => ({ type: 'step', step, loss: 1 / step, note: 'é 🌀\n' })

test('events come back in order, one line each, a training state left out', async () => {
  const run = { folder: await ownFolder() }
  expect(await readEvents(run)).toEqual([])
  await appendEvent(run, event(1))
  await appendEvent(run, { type: 'checkpoint', step: 1, state: stateAt(1) } as { type: string })
  await appendEvent(run, event(2))
  expect(await readEvents(run)).toEqual([event(1), { type: 'checkpoint', step: 1 }, event(2)])
  expect((await readFile(join(run.folder, 'metrics.jsonl'), 'utf8')).split('\n').length).toBe(4)
})

test('cut at any byte: what was whole before stays, and the log goes on', async () => {
  const run = { folder: await ownFolder() }
  const path = join(run.folder, 'metrics.jsonl')
  for (const step of [1, 2, 3]) await appendEvent(run, event(step))
  const whole = await readFile(path)
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length }), async (length) => {
      await writeFile(path, whole.subarray(0, length))
      const lines = whole.subarray(0, length).toString('latin1').split('\n').length - 1
      // An event whose line lacks nothing but its end is whole.
      const events = length < whole.length && whole[length] === 0x0a ? lines + 1 : lines
      const expected = [1, 2, 3].slice(0, events).map(event)
      expect(await readEvents(run)).toEqual(expected)
      await repairEvents(run)
      await appendEvent(run, event(9))
      expect(await readEvents(run)).toEqual([...expected, event(9)])
    }),
    { numRuns: 60 },
  )
})

test('zeros at the end, as a power cut leaves them, are repaired', async () => {
  const run = { folder: await ownFolder() }
  await appendEvent(run, event(1))
  await writeFile(join(run.folder, 'metrics.jsonl'), Buffer.alloc(50), { flag: 'a' })
  await repairEvents(run)
  expect(await readEvents(run)).toEqual([event(1)])
})

test('a line in the middle that is no event is named', async () => {
  const run = { folder: await ownFolder() }
  const path = join(run.folder, 'metrics.jsonl')
  for (const line of ['garbage', '3', '{"step":1}', '']) {
    await writeFile(path, `{"type":"start"}\n${line}\n{"type":"done"}\n`)
    await expect(readEvents(run)).rejects.toEqual(
      expect.objectContaining({ kind: 'data', code: 'run/unreadable', where: `${path}:2` }),
    )
  }
})

test('going back to a step forgets what came after it', async () => {
  const run = { folder: await ownFolder() }
  await appendEvent(run, { type: 'start' })
  for (const step of [1, 2, 3]) await appendEvent(run, event(step))
  await rewindEvents(run, 2)
  expect(await readEvents(run)).toEqual([{ type: 'start' }, event(1), event(2)])
})

test('where nothing can be written', async () => {
  const folder = await ownFolder()
  await writeFile(join(folder, 'file'), '')
  await expect(appendEvent({ folder: join(folder, 'file') }, event(1))).rejects.toEqual(
    expect.objectContaining({ kind: 'usage', code: 'run/not-a-folder' }),
  )
  await mkdir(join(folder, 'metrics.jsonl'))
  await expect(appendEvent({ folder }, event(1))).rejects.toEqual(
    expect.objectContaining({ code: 'run/write-failed' }),
  )
})
