import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTable, writeTable } from '../src/data/node.ts'
import { inTemporaryFolder, printed, python, scorefield, sharedData } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'

const table = join(sharedData, 'adult/adult.data')
const steps = '3000'

/** Ways to make numbers of the words of the census table, each learned for as long and judged by scikit-learn's trees. */
export const categoryEncodings: Bench = {
  name: 'category-encodings',
  summary: 'one-hot, analog bits, cells of a normal and a learned embedding of categories, beside each other',
  async *run() {
    if (!existsSync(table) || spawnSync(python, ['-c', 'import torch, sklearn']).status !== 0) {
      process.stderr.write(
        '  needs adult.data (SCOREFIELD_DATA) and a Python with PyTorch and scikit-learn (SCOREFIELD_PYTHON)\n',
      )
      return
    }
    yield* inTemporaryFolder(compared)
  },
}

async function* compared(folder: string): AsyncGenerator<BenchResult> {
  const real = join(folder, 'real.csv')
  const read = await readTable({ source: table })
  await writeTable(read.table, { path: real })
  const texts = read.table.columns.filter(({ kind }) => kind === 'text').map(({ name }) => name)
  for (const encoder of ['simplex', 'analog-bits', 'normal-cells']) {
    const columns = Object.fromEntries(texts.map((name) => [name, { as: 'category', encoder }]))
    yield judged(encoder, real, drawn(folder, encoder, real, columns))
  }
  const [encoded, book, decoded] = ['encoded.csv', 'book.json', 'decoded.csv'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  embedding('encode', real, encoded, book)
  const { columns } = (await readTable({ source: encoded })).table
  const embedded = columns.filter(({ name }) => name.includes(':'))
  const wishes = Object.fromEntries(embedded.map(({ name }) => [name, { as: 'number', encoder: 'standard' }]))
  embedding('decode', drawn(folder, 'embedding', encoded, wishes), decoded, book)
  yield judged('learned embedding', real, decoded)
}

/** Samples of a model of this table, with these wishes. */
function drawn(
  folder: string,
  name: string,
  source: string,
  columns: Readonly<Record<string, { readonly as: string; readonly encoder: string }>>,
): string {
  const [settings, run, samples] = [`${name}.json`, name, `${name}.csv`].map((file) =>
    join(folder, file),
  ) as [string, string, string]
  writeFileSync(settings, JSON.stringify({ data: { source, columns } }))
  scorefield('train', settings, '--steps', steps, '--out', run, '--no-pictures', '--quiet')
  scorefield('sample', run, '-n', '8000', '-o', samples, '--quiet')
  return samples
}

function judged(name: string, real: string, synthetic: string): BenchResult {
  const { grouped, version, rows } = JSON.parse(
    printed(python, ['bench/peers/judge.py', real, synthetic, '8000']),
  )
  return {
    name: `census table, ${steps} steps, categories by ${name}`,
    unit: 'AUC',
    ours: grouped,
    peers: {},
    ratio: null,
    target: null,
    met: null,
    note: `scikit-learn ${version}, ${rows} rows of either side`,
  }
}

function embedding(...args: readonly string[]): void {
  printed(python, ['bench/peers/learned_embedding.py', ...args])
}
