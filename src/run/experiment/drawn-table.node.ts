import { ScorefieldError } from '../../engine/index.ts'
import { type OpenedModel, rowsToTable } from './open-model.node.ts'
import type { ConditionalSample, ToldModel, WhereOptions } from './sample-where.node.ts'

/**
 * Rows first … first + count − 1 of the sample of a seed, of a model that is told what is given. By a signal whose reason is of kind
 * `interrupted` it ends with the rows up to there, if there are some.
 */
export async function drawnTable(
  opened: OpenedModel,
  { open, conditions, dressed }: ToldModel,
  drawing: Omit<WhereOptions, 'condition' | 'told'> & { readonly first?: number | undefined },
): Promise<ConditionalSample> {
  const { count, seed, first = 0, signal, onProgress } = drawing
  const { dimension } = opened.fitted
  const sampler = await open(drawing)
  const started = performance.now()
  const rows = new Float32Array(count * dimension)
  let drawn = 0
  let stopped = false
  try {
    for await (const event of sampler.draw({ seed, first, count, conditions, signal })) {
      if (event.type !== 'samples') continue
      rows.set(event.rows, (event.first - first) * dimension)
      drawn = Math.max(drawn, event.first - first + event.rows.length / dimension)
      const seconds = (performance.now() - started) / 1000
      onProgress?.({ kept: drawn, drawn, seconds, secondsLeft: (seconds * (count - drawn)) / drawn })
    }
  } catch (error) {
    if (!(error instanceof ScorefieldError) || error.kind !== 'interrupted' || drawn === 0) throw error
    stopped = true
  } finally {
    await sampler.dispose()
  }
  const kept = rows.subarray(0, drawn * dimension)
  return { table: dressed(rowsToTable(opened, kept, drawn, { first, seed })), drawn, stopped }
}
