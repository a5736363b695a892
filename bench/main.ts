import { join } from 'node:path'
import { byName } from '../src/base/by-name.ts'
import { type BenchResult, formatJson, formatTable } from './harness.ts'
import { benches } from './index.ts'
import { peerCommands, startPeers } from './peerProcess.ts'

const args = process.argv.slice(2)
const json = args.includes('--json')
const wanted = args.filter((argument) => !argument.startsWith('--'))
const chosen = wanted.length > 0 ? wanted.map((name) => byName(benches, name, 'bench')) : benches

const needPeers = chosen.some(({ name }) => name === 'training-step')
const peers = needPeers
  ? await startPeers(peerCommands(join(process.cwd(), 'bench', 'peers')))
  : { contenders: [], absent: [] }
const results: BenchResult[] = []
try {
  for (const bench of chosen) {
    process.stderr.write(`${bench.name}: ${bench.summary} …\n`)
    for await (const result of bench.run({ rounds: 5, seconds: 1.5, ...peers })) {
      results.push(result)
      if (json) process.stdout.write(formatJson([result]))
    }
  }
} finally {
  for (const contender of peers.contenders) contender.close()
}
if (!json) process.stdout.write(formatTable(results))
