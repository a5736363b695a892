import type { Runtime } from '../engine/index.ts'
import { type OpenedModel, openModel } from '../run/node.ts'
import type { Terminal } from './terminal.ts'

/** Opens a run's model, of the average of width `ema` where that is told, and says what a person should know of it. */
export async function openAndWarn(
  folder: string,
  runtime: Runtime,
  terminal: Terminal,
  ema?: number | undefined,
): Promise<OpenedModel> {
  const opened = await openModel(folder, { runtime, ema })
  for (const { message } of opened.warnings) terminal.warn(message)
  return opened
}
