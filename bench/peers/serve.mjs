/**
 * The command-line side of a JavaScript peer. Alone, it prints one JSON line per workload and setting;
 * with `--serve` it answers one request line on stdin with one line on stdout, so that the harness can
 * alternate between processes. README.md has the lines.
 */
import { createInterface } from 'node:readline'
import { workloads } from './workload.mjs'

const standaloneRounds = 5
const standaloneSeconds = 0.4
const closingMilliseconds = 3000

const print = (record) => process.stdout.write(`${JSON.stringify(record)}\n`)

/**
 * `environments`: by setting, what opens it: () => { round(workloadName, seconds), close() }.
 * One that cannot start is named in `unavailable`, with the reason.
 */
export async function serve({ peer, version, environments }) {
  const opened = {}
  const unavailable = {}
  for (const [setting, start] of Object.entries(environments)) {
    try {
      opened[setting] = await start()
    } catch (error) {
      unavailable[setting] = String(error.message ?? error).split('\n')[0]
    }
  }
  print({
    peer,
    version,
    settings: Object.keys(opened),
    workloads: workloads.map(({ name }) => name),
    unavailable,
  })

  const answer = async ({ workload, setting, seconds }) => {
    try {
      return { peer, workload, setting, ...(await opened[setting].round(workload, seconds)) }
    } catch (error) {
      return { peer, workload, setting, error: String(error.message ?? error).split('\n')[0] }
    }
  }
  try {
    if (process.argv.includes('--serve')) {
      // Whoever asked is gone, perhaps killed: neither this process nor its browser may stay behind.
      process.stdin.once('close', () => setTimeout(() => process.exit(), closingMilliseconds).unref())
      for await (const line of createInterface({ input: process.stdin }))
        print(await answer(JSON.parse(line)))
    } else {
      for (const { name } of workloads) {
        for (const setting of Object.keys(opened)) print(await medianAnswer(answer, name, setting))
      }
    }
  } finally {
    for (const environment of Object.values(opened)) await environment.close()
  }
}

async function medianAnswer(answer, workload, setting) {
  const answers = []
  for (let i = 0; i < standaloneRounds; i++) {
    answers.push(await answer({ workload, setting, seconds: standaloneSeconds }))
    if (answers[i].error) return answers[i]
  }
  answers.sort((one, other) => one.secondsPerStep - other.secondsPerStep)
  return answers[(standaloneRounds - 1) / 2]
}
