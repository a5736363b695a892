import { type Named, ScorefieldError, sizeOf, type TensorType } from '../../engine/index.ts'

/** Throws `run/weights-do-not-fit` unless the weights are exactly those that the model asks for. */
export function requireFitting(
  run: { readonly name: string; readonly folder: string },
  parameters: Named<TensorType>,
  weights: Readonly<Record<string, Float32Array>>,
): void {
  const wrong =
    Object.keys(parameters).find((name) => weights[name]?.length !== sizeOf(parameters[name]!.shape)) ??
    Object.keys(weights).find((name) => !(name in parameters))
  if (wrong === undefined) return
  const wanted = parameters[wrong] ? `should be [${parameters[wrong].shape.join(', ')}]` : 'is not part of it'
  throw new ScorefieldError({
    kind: 'data',
    code: 'run/weights-do-not-fit',
    message: `The weights of ${run.name} do not fit its network: "${wrong}" ${wanted}.`,
    where: run.folder,
    hint: 'run.json or data.json was edited after training, or another release made the run; restore it, or train again.',
  })
}
