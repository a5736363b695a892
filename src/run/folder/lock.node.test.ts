import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownFolder } from '../testing/runs.ts'
import { lockRun } from './lock.node.ts'
import { appendEvent, readEvents } from './metrics.node.ts'

const ownRun = async () => {
  const folder = await ownFolder()
  const path = join(folder, 'lock')
  return {
    folder,
    path,
    write: (lock: object | string) => writeFile(path, typeof lock === 'string' ? lock : JSON.stringify(lock)),
  }
}

const locked = (more: object = {}): unknown =>
  expect.objectContaining({ kind: 'usage', code: 'run/locked', ...more })

const lockOf = (pid: number, more: object = {}): object => ({
  pid,
  host: hostname(),
  processStart: null,
  since: '2024-01-01T00:00:00.000Z',
  token: 'x',
  ...more,
})

/** The number of a process that is no more. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

test('one at a time; released, it is free again', async () => {
  const run = await ownRun()
  const lock = await lockRun(run)
  await expect(lockRun(run)).rejects.toEqual(
    locked({ where: run.path, message: expect.stringContaining(`process ${process.pid} on ${hostname()}`) }),
  )
  expect(await readdir(run.folder)).toEqual(['lock'])
  await lock.release()
  await lock.release()
  expect(await readdir(run.folder)).toEqual([])
  await (await lockRun(run)).release()
})

test('of many at once exactly one gets it, also over a stale lock', async () => {
  const run = await ownRun()
  for (const stale of [undefined, lockOf(await deadProcess())]) {
    if (stale) await run.write(stale)
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(run)))
    const got = all.filter((result) => result.status === 'fulfilled')
    expect(got.length).toBe(1)
    for (const result of all) if (result.status === 'rejected') expect(result.reason).toEqual(locked())
    await got[0]!.value.release()
    expect(await readdir(run.folder)).toEqual([])
  }
})

test('another process that lives holds it; killed, its lock is taken over', async () => {
  const run = await ownRun()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  try {
    await run.write(lockOf(child.pid!))
    await expect(lockRun(run)).rejects.toEqual(locked())
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await (await lockRun(run)).release()
})

test.runIf(process.platform === 'linux')('a process number used again is no holder', async () => {
  const run = await ownRun()
  await run.write(lockOf(process.ppid, { processStart: '1' }))
  await (await lockRun(run)).release()
  await run.write(lockOf(process.ppid))
  await expect(lockRun(run)).rejects.toEqual(locked())
})

test('a lock of this very number that this process does not hold is a former one’s', async () => {
  const run = await ownRun()
  await run.write(lockOf(process.pid))
  await (await lockRun(run)).release()
})

test('another machine’s lock holds, whatever runs here', async () => {
  const run = await ownRun()
  await run.write(lockOf(await deadProcess(), { host: 'elsewhere' }))
  await expect(lockRun(run)).rejects.toEqual(locked({ hint: expect.stringContaining(run.path) }))
})

test('a lock that cannot be read is one being written, unless it is old', async () => {
  const run = await ownRun()
  for (const text of ['', '{"pid":', 'null', '{"pid":-1,"host":"x"}']) {
    await run.write(text)
    await expect(lockRun(run)).rejects.toEqual(locked())
    await utimes(run.path, new Date(0), new Date(0))
    await (await lockRun(run)).release()
  }
})

test('who releases removes no lock but their own', async () => {
  const run = await ownRun()
  const lock = await lockRun(run)
  await rm(run.path)
  await run.write(lockOf(process.ppid))
  await lock.release()
  expect(JSON.parse(await readFile(run.path, 'utf8'))).toEqual(lockOf(process.ppid))
})

test('taking the lock repairs the log of a killed writer', async () => {
  const run = await ownRun()
  await appendEvent(run, { type: 'start' })
  await writeFile(join(run.folder, 'metrics.jsonl'), '{"type":"st', { flag: 'a' })
  const lock = await lockRun(run)
  await appendEvent(run, { type: 'done' })
  expect(await readEvents(run)).toEqual([{ type: 'start' }, { type: 'done' }])
  await lock.release()
})

test('where nothing can be written', async () => {
  const folder = join(await ownFolder(), 'file')
  await writeFile(folder, '')
  await expect(lockRun({ folder })).rejects.toEqual(expect.objectContaining({ code: 'run/not-a-folder' }))
})
