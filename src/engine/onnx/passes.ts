import { type GraphProto, nodesOf } from './proto.ts'

/**
 * Optimiser passes of ONNX Runtime 1.30 that find nothing to change in any graph of ours: they look for quantised
 * numbers, float16, or whole layers as other libraries write them; equal expressions, and products and convolutions with
 * a bias, are joined before. Those for convolutions want filters that are constants, which ours are not, or a ReLU right
 * behind. Each walks the whole graph, some several times, and together they take two thirds of the time
 * that a large session takes to make.
 */
export const idlePasses: readonly string[] = [
  'AttentionFusion',
  'BiasDropoutFusion',
  'BiasGeluFusion',
  'BiasSkipLayerNormFusion',
  'BiasSoftmaxFusion',
  'CastFloat16Transformer',
  'CommonSubexpressionElimination',
  'ConstantSharing',
  'ConvActivationFusion',
  'ConvAddActivationFusion',
  'DoubleQDQPairsRemover',
  'DynamicQuantizeMatMulFusion',
  'EmbedLayerNormFusion',
  'EnsureUniqueDQForNodeUnit',
  'FastGeluFusion',
  'FreeDimensionOverrideTransformer',
  'FuseFp16InitializerToFp32NodeTransformer',
  'GatherToSliceFusion',
  'GeluFusionL1',
  'GeluFusionL2',
  'GemmActivationFusion',
  'GroupQueryAttentionFusion',
  'GroupQueryAttentionPreNormFusion',
  'LayerNormFusionL1',
  'LayerNormFusionL2',
  'Level2_RuleBasedTransformer',
  'MatMulActivationFusion',
  'MatMulAddFusion',
  'MatMulIntegerToFloatFusion',
  'MatMulNBitsFusion',
  'MemcpyTransformer',
  'NchwcTransformer',
  'NhwcTransformer',
  'QDQFinalCleanupTransformer',
  'QDQPropagationTransformer',
  'QDQS8ToU8Transformer',
  'QDQSelectorActionTransformer',
  'QuickGeluFusion',
  'RemoveDuplicateCastTransformer',
  'SimplifiedLayerNormFusion',
  'SkipLayerNormFusion',
  'SliceConcatToSpaceToDepthFusion',
  'TransposeOptimizer_CPUExecutionProvider',
  'WeightBiasQuantization',
  'WhereDummyDq',
]

/** Passes that change something, by the operator that they cannot do without. */
const withOperator: Readonly<Record<string, string>> = {
  GatherSliceToSplitFusion: 'Slice',
  MatMulScaleFusion: 'MatMul',
  MatmulTransposeFusion: 'MatMul',
  TransposeOptimizer: 'Transpose',
}

/** Passes that change something here and there, in no place that a step spends its time. */
const small = ['ConstantFolding', 'Level1_RuleBasedTransformer', 'ReshapeFusion']

/** Nodes from which on a session takes longer to make than what the small passes, and those of slices, win back. */
const largeGraph = 3000

/** Names of the optimiser passes that are not worth their time for this graph, for `disable_specified_optimizers`. */
export function passesNotNeeded(graph: GraphProto): string[] {
  const nodes = nodesOf(graph)
  const operators = new Set(nodes.map(({ op }) => op))
  const large = nodes.length > largeGraph
  const absent = Object.entries(withOperator).flatMap(([pass, operator]) =>
    operators.has(operator) && !(large && operator !== 'MatMul') ? [] : [pass],
  )
  return [...idlePasses, ...absent, ...(large ? small : [])]
}
