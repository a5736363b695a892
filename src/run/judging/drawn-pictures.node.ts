import type { Table } from '../../data/index.ts'
import { type OpenedModel, rowsToTable } from '../experiment/open-model.node.ts'
import type { EvaluateRunOptions } from './judge.ts'

/** The first pictures of the model's sample of this seed; picture i is a function of (seed, i). */
export async function drawnPictures(
  opened: OpenedModel,
  count: number,
  { seed = 0, signal, onProgress }: Pick<EvaluateRunOptions, 'seed' | 'signal' | 'onProgress'>,
): Promise<Table> {
  const { fitted, run } = opened
  const rows = new Float32Array(count * fitted.dimension)
  const sampler = await fitted.sampler(run.config.sampling)
  try {
    for await (const event of sampler.draw({ seed, count, signal })) {
      if (event.type === 'progress') onProgress?.('samples', event.done, event.total)
      if (event.type === 'samples') rows.set(event.rows, event.first * fitted.dimension)
    }
  } finally {
    await sampler.dispose()
  }
  return rowsToTable(opened, rows, count, { seed })
}
