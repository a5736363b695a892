import { join } from 'node:path'
import { byName } from '../src/base/by-name.ts'
import { type BenchResult, formatJson, formatLine, formatTable } from './harness.ts'
import { benches } from './index.ts'
import { peerCommands, startPeers } from './peerProcess.ts'

const args = process.argv.slice(2)
const json = args.includes('--json')
/** What stands after an option. */
const after = (option: string): string | undefined =>
  args.includes(option) ? args[args.indexOf(option) + 1] : undefined
const options = ['--only', '--folder', '--run', '--pictures', '--draws', '--rounds', '--seconds']
const [only, folder, ownRun, pictures, draws, rounds = '5', seconds = '1.5'] = options.map(after)
const wanted = args.filter(
  (argument, i) => !argument.startsWith('--') && !options.includes(args[i - 1] ?? ''),
)
const chosen = wanted.length > 0 ? wanted.map((name) => byName(benches, name, 'bench')) : benches

const needPeers = chosen.some(({ needsPeers }) => needsPeers)
const peers = needPeers
  ? await startPeers(peerCommands(join(process.cwd(), 'bench', 'peers')))
  : { contenders: [], absent: [] }
const results: BenchResult[] = []
try {
  for (const bench of chosen) {
    process.stderr.write(`${bench.name}: ${bench.summary} …\n`)
    const which = {
      ...(only === undefined ? {} : { only }),
      ...(folder === undefined ? {} : { folder }),
      ...(ownRun === undefined ? {} : { run: ownRun }),
      ...(pictures === undefined ? {} : { pictures: Number(pictures) }),
      ...(draws === undefined ? {} : { draws: Number(draws) }),
    }
    for await (const result of bench.run({
      rounds: Number(rounds),
      seconds: Number(seconds),
      ...peers,
      ...which,
    })) {
      results.push(result)
      if (json) process.stdout.write(formatJson([result]))
      else process.stderr.write(formatLine(result))
    }
  }
} finally {
  for (const contender of peers.contenders) contender.close()
}
if (!json) process.stdout.write(formatTable(results))
