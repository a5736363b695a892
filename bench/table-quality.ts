import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTable, writeTable } from '../src/data/node.ts'
import type { RunEvaluation } from '../src/run/node.ts'
import { inFolderOf, python, scorefield, sharedData, trained } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'

/** The tables that have targets; `classifier` is the largest area that is good enough. */
const tables: readonly { readonly path: string; readonly classifier: number; readonly teaches: boolean }[] = [
  { path: 'data/wine-quality/winequality-white.csv', classifier: 0.58, teaches: false },
  { path: join(sharedData, 'california-housing/housing.csv'), classifier: 0.65, teaches: true },
  { path: join(sharedData, 'adult/adult.data'), classifier: 0.65, teaches: true },
  { path: join(sharedData, 'penguins/penguins.csv'), classifier: 0.65, teaches: true },
  { path: join(sharedData, 'abalone/abalone.csv'), classifier: 0.65, teaches: true },
]

/** `train`, `evaluate` and `sample` without an option on real tables, judged by our trees and by scikit-learn's. */
export const tableQuality: Bench = {
  name: 'table-quality',
  summary: 'how good synthetic rows of real tables are, no option given, also by an independent judge',
  async *run({ only = '', folder }) {
    for (const table of tables.filter(({ path }) => path.includes(only))) {
      if (!existsSync(table.path)) {
        process.stderr.write(
          `  ${table.path} is not at hand; SCOREFIELD_DATA names the folder that holds it\n`,
        )
        continue
      }
      yield* inFolderOf(table.path, folder, (own) => qualityOf(table, own))
    }
  },
}

async function* qualityOf(
  { path, classifier, teaches }: (typeof tables)[number],
  folder: string,
): AsyncGenerator<BenchResult> {
  const name = path.split('/').at(-1)!
  const { run, seconds } = trained(path, folder)
  scorefield('evaluate', run, '--quiet')
  const { likelihood, samples, baselineSamples, utility } = JSON.parse(
    readFileSync(join(run, 'evaluation.json'), 'utf8'),
  ) as RunEvaluation
  const own = samples!.figures.find((figure) => figure.name === 'classifier')!
  const others = baselineSamples!.map((baseline) => baseline.classifier.value)
  const least = Math.min(...likelihood!.baselines.map(({ advantage }) => advantage.low))
  const results: BenchResult[] = [
    result(`${name}: training`, 's', seconds, { atMost: 180 }),
    result(`${name}: log-likelihood above the best baseline, lower end of 95 %`, 'nats', least, {
      atLeast: 0,
    }),
    result(
      `${name}: classifier`,
      'AUC',
      own.value,
      { atMost: classifier },
      `real rows ${own.floor.value.toFixed(3)}; best baseline ${Math.min(...others).toFixed(3)}`,
    ),
  ]
  const judge = await independentJudge(path, run, folder)
  if (judge) {
    const { grouped, shuffled, floor, version, rows } = judge
    const by = `scikit-learn ${version}, ${rows} rows of either side`
    results.push(
      result(
        `${name}: scikit-learn's trees, equal rows in one fold`,
        'AUC',
        grouped,
        { atMost: classifier },
        by,
      ),
      result(
        `${name}: scikit-learn's trees, folds as they come`,
        'AUC',
        shuffled,
        { atMost: classifier },
        `${by}; fresh real rows, each once, get ${floor.toFixed(3)}`,
      ),
    )
  }
  if (teaches && utility)
    results.push(
      result(
        `${name}: predicting ${utility.target}, synthetic against real`,
        '%',
        100 * utility.relativeDifference.value,
        { atLeast: -5 },
        `${utility.measure} ${utility.synthetic.value.toFixed(3)} against ${utility.real.value.toFixed(3)}`,
      ),
    )
  yield* results
}

function result(
  name: string,
  unit: string,
  ours: number,
  target: { readonly atMost: number } | { readonly atLeast: number },
  note?: string,
): BenchResult {
  const met = 'atMost' in target ? ours <= target.atMost : ours >= target.atLeast
  return { name, unit, ours, peers: {}, ratio: null, target, met, ...(note ? { note } : {}) }
}

interface Judgement {
  readonly version: string
  readonly rows: number
  readonly shuffled: number
  readonly grouped: number
  readonly floor: number
}

/** What scikit-learn says; undefined where it is not at hand. Both tables are handed over in the same format. */
async function independentJudge(path: string, run: string, folder: string): Promise<Judgement | undefined> {
  const [real, synthetic] = [join(folder, 'real.csv'), join(folder, 'synthetic.csv')]
  const { table } = await readTable({ source: path })
  await writeTable(table, { path: real })
  scorefield('sample', run, '-n', String(table.rowCount), '-o', synthetic, '--quiet')
  const { status, stdout } = spawnSync(python, ['bench/peers/judge.py', real, synthetic], {
    encoding: 'utf8',
  })
  if (status === 0) return JSON.parse(stdout)
  process.stderr.write('  scikit-learn is not at hand; SCOREFIELD_PYTHON names a Python that has it\n')
  return undefined
}
