import type { BenchContext } from './harness.ts'

/** The same, with PyTorch as the only peer. */
export function torchAlone(context: BenchContext): BenchContext {
  const isTorch = ({ name }: { readonly name: string }): boolean => name === 'torch'
  return {
    ...context,
    contenders: context.contenders.filter(isTorch),
    absent: context.absent.filter(isTorch),
  }
}
