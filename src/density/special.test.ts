import { describe, expect, test } from 'vitest'
import { gaussLegendre } from './quadrature.ts'
import {
  digamma,
  erf,
  erfc,
  erfcx,
  logGamma,
  logNormalCdf,
  logSumExp,
  normalCdf,
  normalOverInterval,
  scaledBesselI,
} from './special.ts'

// Golden values: arbitrary-precision arithmetic with 60 to 400 digits, rounded to double.
type Table = readonly (readonly [x: number, value: number])[]

const erfTable: Table = [
  [1e-10, 1.1283791670955126e-10],
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [0.75, 0.7111556336535151],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
  [5, 0.9999999999984626],
]
const erfcTable: Table = [
  [-3, 1.9999779095030015],
  [-0.5, 1.5204998778130465],
  [0.1, 0.887537083981715],
  [0.5, 0.4795001221869535],
  [1, 0.15729920705028513],
  [1.5, 0.033894853524689274],
  [2, 0.004677734981047266],
  [3, 2.209049699858544e-5],
  [5, 1.537459794428035e-12],
  [10, 2.088487583762545e-45],
  [20, 5.395865611607901e-176],
  [26, 5.663192408856143e-296],
]
const erfcxTable: Table = [
  [-2, 108.94090438997797],
  [-0.5, 1.952360489182557],
  [0, 1],
  [0.1, 0.8964569799691267],
  [0.5, 0.6156903441929259],
  [1, 0.427583576155807],
  [2, 0.25539567631050575],
  [5, 0.11070463773306863],
  [10, 0.05614099274382259],
  [50, 0.011281536265323773],
  [1e3, 0.0005641893014533876],
  [1e8, 5.641895835477562e-9],
]
const logNormalCdfTable: Table = [
  [-100, -5005.524208694205],
  [-40, -804.6084420137538],
  [-10, -53.23128515051247],
  [-3, -6.607726221510349],
  [-1, -1.8410216450092636],
  [-0.5, -1.1759117615936185],
  [0, -Math.LN2],
  [0.5, -0.3689464152886564],
  [1, -0.17275377902344988],
  [3, -0.0013508099647481938],
  [8, -6.220960574271786e-16],
]
const logGammaTable: Table = [
  [1e-5, 11.512919692895826],
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247001],
  [0.9, 0.06637623973474295],
  [1.5, -0.12078223763524522],
  [2.5, 0.2846828704729192],
  [3, Math.LN2],
  [5.5, 3.9578139676187165],
  [10, 12.801827480081469],
  [33.25, 82.42923834590904],
  [100, 359.1342053695754],
  [12345.6, 103959.18506616846],
  [1e10, 220258509288.81058],
]
const digammaTable: Table = [
  [1e-3, -1000.5755719318103],
  [0.1, -10.423754940411076],
  [0.5, -1.9635100260214235],
  [1, -0.5772156649015329],
  [1.5, 0.03648997397857652],
  [2.5, 0.7031566406452432],
  [5, 1.5061176684318005],
  [10, 2.251752589066721],
  [100.5, 4.605174352581845],
  [1e6, 13.815510057964191],
]
const bessel0Table: Table = [
  [0, 1],
  [0.1, 0.9071009257823011],
  [1, 0.46575960759364043],
  [5, 0.18354081260932836],
  [20, 0.08978031188482602],
  [29.9, 0.07326921904600191],
  [50, 0.05656162664745419],
  [100, 0.03994437929909668],
  [1e3, 0.012617240455891257],
  [1e6, 0.00039894233026924577],
]
const bessel1Table: Table = [
  [1e-9, 4.999999995000001e-10],
  [0.1, 0.045298446808809324],
  [1, 0.20791041534970844],
  [5, 0.16397226694454237],
  [20, 0.08750622218328867],
  [29.9, 0.07203337491186879],
  [50, 0.0559931238928954],
  [100, 0.03974415302513025],
  [1e3, 0.012610930256928629],
  [1e6, 0.0003989421307980308],
]

const relativeError = (actual: number, expected: number): number => Math.abs(actual / expected - 1)

describe.each([
  ['erf', erf, erfTable],
  ['erfc', erfc, erfcTable],
  ['erfcx', erfcx, erfcxTable],
  ['logNormalCdf', logNormalCdf, logNormalCdfTable],
  ['e^-x I0', (x: number) => scaledBesselI(0, x), bessel0Table],
  ['e^-x I1', (x: number) => scaledBesselI(1, x), bessel1Table],
] as const)('%s', (_, of, table) => {
  test.each(table)('at %f is %f, to 1e-14', (x, value) => {
    expect(relativeError(of(x), value)).toBeLessThan(1e-14)
  })
})

describe.each([
  ['logGamma', logGamma, logGammaTable],
  ['digamma', digamma, digammaTable],
] as const)('%s', (_, of, table) => {
  test.each(table)('at %f is %f, to 1e-14 of the larger of it and 1', (x, value) => {
    expect(Math.abs(of(x) - value)).toBeLessThan(1e-14 * Math.max(1, Math.abs(value)))
  })
})

test('both series of the Bessel functions agree where they meet', () => {
  for (const order of [0, 1] as const)
    expect(relativeError(scaledBesselI(order, 40), scaledBesselI(order, 40.000000001))).toBeLessThan(2e-11)
})

test('erf is odd, erfc vanishes and erfcx does not', () => {
  expect(erf(-0.7)).toBe(-erf(0.7))
  expect(erfc(40)).toBe(0)
  expect(erfc(-40)).toBe(2)
  expect(erfcx(Infinity)).toBe(0)
  expect(normalCdf(0)).toBe(0.5)
  expect(relativeError(normalCdf(-3), 0.0013498980316300946)).toBeLessThan(1e-13)
})

describe('the normal over an interval', () => {
  // lower, upper, ln of the average density, mean
  const table: readonly (readonly [number, number, number, number])[] = [
    [-1, 1, -1.0748623268620714, 0],
    [0, 1e-6, -0.9189385332048394, 4.999999999999583e-7],
    [-0.3, 0.6, -0.962746900651093, 0.14014854856298245],
    [5, 5.01, -13.44385082728687, 5.004958293546898],
    [-20, -19.5, -193.32386876336602, -19.550990782085652],
    [10, 12, -53.92443233130555, 10.098093233499936],
    [-30, 4, -3.526392196359539, -0.00013383446446857514],
    [30, 35, -455.9306818687773, 30.033259667433676],
    [25, 25.5, -315.94626405193867, 25.039871402321285],
    [40, 40.001, -800.9388720324291, 40.000496666714],
    [-2, 7, -2.2202374866664925, 0.05524786266971494],
  ]
  test.each(table)('from %f to %f', (lower, upper, logAverage, mean) => {
    const over = normalOverInterval(lower, upper)
    expect(relativeError(over.logAverage, logAverage)).toBeLessThan(1e-13)
    expect(Math.abs(over.mean - mean)).toBeLessThan(2e-12 * Math.max(1, Math.abs(mean)))
  })

  test('is the density itself where the interval is empty', () => {
    const over = normalOverInterval(1.5, 1.5)
    expect(over.logAverage).toBeCloseTo(-0.5 * 1.5 ** 2 - 0.5 * Math.log(2 * Math.PI), 14)
    expect(over.mean).toBe(1.5)
  })
})

test('logSumExp neither overflows nor loses small terms', () => {
  expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12)
  expect(logSumExp([-1000, -Infinity])).toBe(-1000)
  expect(logSumExp([])).toBe(-Infinity)
  expect(logSumExp([Number.NaN, 1])).toBeNaN()
})

test('Gauss–Legendre integrates polynomials up to degree 2n − 1 exactly, and no further', () => {
  for (const count of [1, 2, 5, 16]) {
    const { nodes, weights } = gaussLegendre(count)
    const integral = (degree: number): number =>
      nodes.reduce((sum, node, k) => sum + weights[k]! * node ** degree, 0)
    for (let degree = 0; degree < 2 * count; degree++)
      expect(integral(degree)).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 13)
    expect(Math.abs(integral(2 * count) - 2 / (2 * count + 1))).toBeGreaterThan(1e-11)
  }
})
