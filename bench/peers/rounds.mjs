/** The jobs of one peer by workload, each opened and checked when first asked for. Browser-safe. */
import { prepare } from './measure.mjs'
import { checkSteps, pictureWorkloads, workloads } from './workload.mjs'

export function createRounds(peer) {
  const prepared = new Map()
  return async (workloadName, seconds) => {
    if (!prepared.has(workloadName)) {
      const workload = [...workloads, ...pictureWorkloads].find(({ name }) => name === workloadName)
      const updates = workload.checkSteps ?? checkSteps
      prepared.set(workloadName, await prepare(await peer.open(workload), updates))
    }
    return prepared.get(workloadName)(seconds)
  }
}
