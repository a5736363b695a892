import * as f from '../engine/index.ts'

/**
 * Self-attention of the T tokens of each point, all of which see each other: softmax(q kᵀ/√d) v in heads of d numbers.
 *
 * tokens: [B T, C]; queriesKeysValues: [C, 3 C], q, k and v one after the other, each head after head → [B T, C], the heads side by
 * side.  Vaswani et al. 2017.
 */
export function selfAttention(
  tokens: f.Tensor,
  queriesKeysValues: f.Tensor,
  { rows, heads }: { readonly rows: number; readonly heads: number },
): f.Tensor {
  const [all, width] = tokens.shape as [number, number]
  const [count, d] = [all / rows, width / heads]
  const three = f.reshape(f.matmul(tokens, queriesKeysValues), [rows, count, 3, heads, d])
  const sorted = f.transpose(three, [2, 0, 3, 1, 4])
  const part = (k: number): f.Tensor =>
    f.reshape(f.slice(sorted, { axis: 0, start: k, end: k + 1 }), [rows * heads, count, d])
  const affinity = f.mul(f.matmul(part(0), part(1), { transposeB: true }), 1 / Math.sqrt(d))
  const mixed = f.reshape(f.matmul(f.softmax(affinity), part(2)), [rows, heads, count, d])
  return f.reshape(f.transpose(mixed, [0, 2, 1, 3]), [all, width])
}

/** Heads of 64 numbers each, at least one, of a width that they divide. */
export function headsOf(width: number): number {
  const heads = Math.max(1, Math.floor(width / 64))
  return width % heads === 0 ? heads : 1
}
