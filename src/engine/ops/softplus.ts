import { defineUnary, type Unary } from './elementwise.ts'
import { writeLog1p } from './log1p.ts'

/** ln(1 + eˣ), relatively accurate in the left tail too.  dx = g σ(x) */
export const softplus: Unary = defineUnary({
  name: 'softplus',
  summary: 'smooth maximum of x and 0',
  flops: 24,
  // max(x, 0) + ln(1 + e^−|x|); ONNX's own Softplus is slower and loses the left tail.
  onnx: (c, [x]) => {
    const small = c.node('Exp', [c.node('Neg', [c.node('Abs', [x!])])])
    return c.node('Add', [c.node('Relu', [x!]), writeLog1p(c, small)])
  },
  reference: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  derivative: ({ f, x, g }) => f.mul(g, f.sigmoid(x)),
})
