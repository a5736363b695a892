import type { Operation } from '../operation.ts'
import { abs } from './abs.ts'
import { add } from './add.ts'
import { and } from './and.ts'
import { argmaxOperation } from './argmax.ts'
import { argsortOperation } from './argsort.ts'
import { atan } from './atan.ts'
import { averagePoolOperation } from './average-pool.ts'
import { broadcastToOperation } from './broadcast-to.ts'
import { castOperation } from './cast.ts'
import { choleskyOperation } from './cholesky.ts'
import { clipOperation } from './clip.ts'
import { concatOperation } from './concat.ts'
import { constantOperation } from './constant.ts'
import { convOperation } from './conv.ts'
import { convFilterOperation } from './conv-filter.ts'
import { convTransposeOperation } from './conv-transpose.ts'
import { cos } from './cos.ts'
import { cumsumOperation } from './cumsum.ts'
import { div } from './div.ts'
import { eluOperation } from './elu.ts'
import { equal } from './equal.ts'
import { erf } from './erf.ts'
import { exp } from './exp.ts'
import { expm1 } from './expm1.ts'
import { flipOperation } from './flip.ts'
import { floor } from './floor.ts'
import { gatherOperation } from './gather.ts'
import { gelu } from './gelu.ts'
import { greater } from './greater.ts'
import { greaterEqual } from './greater-equal.ts'
import { inputOperation } from './input.ts'
import { leakyReluOperation } from './leaky-relu.ts'
import { less } from './less.ts'
import { lessEqual } from './less-equal.ts'
import { log } from './log.ts'
import { log1p } from './log1p.ts'
import { logsumexpOperation } from './logsumexp.ts'
import { matmulOperation } from './matmul.ts'
import { max } from './max.ts'
import { maxOverOperation } from './max-over.ts'
import { min } from './min.ts'
import { minOverOperation } from './min-over.ts'
import { mul } from './mul.ts'
import { neg } from './neg.ts'
import { normOperation } from './norm.ts'
import { not } from './not.ts'
import { or } from './or.ts'
import { padOperation } from './pad.ts'
import { pow } from './pow.ts'
import { reciprocal } from './reciprocal.ts'
import { relu } from './relu.ts'
import { reshapeOperation } from './reshape.ts'
import { scanOperation } from './scan-operation.ts'
import { scatterAddOperation } from './scatter-add.ts'
import { scatterAddAlongAxisOperation } from './scatter-add-along-axis.ts'
import { searchsortedOperation } from './searchsorted.ts'
import { sigmoid } from './sigmoid.ts'
import { sign } from './sign.ts'
import { silu } from './silu.ts'
import { sin } from './sin.ts'
import { sliceOperation } from './slice.ts'
import { softmaxOperation } from './softmax.ts'
import { softplus } from './softplus.ts'
import { sqrt } from './sqrt.ts'
import { stopGradientOperation } from './stop-gradient.ts'
import { sub } from './sub.ts'
import { sumOperation } from './sum.ts'
import { takeAlongAxisOperation } from './take-along-axis.ts'
import { tan } from './tan.ts'
import { tanh } from './tanh.ts'
import { transposeOperation } from './transpose.ts'
import { triangularSolveOperation } from './triangular-solve.ts'
import { upsampleOperation } from './upsample.ts'
import { variableOperation } from './variable.ts'
import { whereOperation } from './where.ts'

/** Every operation there is; the generic tests, the listing and the docs iterate it. */
export const operations: readonly Operation[] = [
  abs.operation,
  add.operation,
  and.operation,
  argmaxOperation,
  argsortOperation,
  atan.operation,
  averagePoolOperation,
  broadcastToOperation,
  castOperation,
  choleskyOperation,
  clipOperation,
  concatOperation,
  constantOperation,
  convOperation,
  convFilterOperation,
  convTransposeOperation,
  cos.operation,
  cumsumOperation,
  div.operation,
  eluOperation,
  equal.operation,
  erf.operation,
  exp.operation,
  expm1.operation,
  flipOperation,
  floor.operation,
  gatherOperation,
  gelu.operation,
  greaterEqual.operation,
  greater.operation,
  inputOperation,
  leakyReluOperation,
  lessEqual.operation,
  less.operation,
  log.operation,
  log1p.operation,
  logsumexpOperation,
  matmulOperation,
  maxOverOperation,
  max.operation,
  minOverOperation,
  min.operation,
  mul.operation,
  neg.operation,
  normOperation,
  not.operation,
  or.operation,
  padOperation,
  pow.operation,
  reciprocal.operation,
  relu.operation,
  reshapeOperation,
  scanOperation,
  scatterAddOperation,
  scatterAddAlongAxisOperation,
  searchsortedOperation,
  sigmoid.operation,
  sign.operation,
  silu.operation,
  sin.operation,
  sliceOperation,
  softmaxOperation,
  softplus.operation,
  sqrt.operation,
  stopGradientOperation,
  variableOperation,
  sub.operation,
  sumOperation,
  takeAlongAxisOperation,
  tan.operation,
  tanh.operation,
  transposeOperation,
  triangularSolveOperation,
  upsampleOperation,
  whereOperation,
]
