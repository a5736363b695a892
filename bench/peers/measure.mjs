/**
 * From a peer's `step` and `value` to timed rounds. Browser-safe.
 *
 * A peer is `{ peer, version, open(workload) }`; `open` gives a job:
 *   step()    does one training step, or one product, and resolves once the result is computed
 *   value()   the loss at the current parameters, or the mean square of the product
 *   optimizer what updates the parameters, in words (null for a product)
 */
/** Checks the job once by so many updates, which also warms it up; then times as many rounds as asked for. */
export async function prepare(job, checkSteps) {
  const first = await job.value()
  const started = performance.now()
  for (let i = 0; i < checkSteps; i++) await job.step()
  let secondsPerStep = (performance.now() - started) / 1000 / checkSteps
  const last = await job.value()
  return async (seconds) => {
    // A step that takes longer than the round is timed once: it may take ten seconds.
    const steps = Math.max(secondsPerStep > seconds ? 1 : 3, Math.round(seconds / secondsPerStep))
    const start = performance.now()
    for (let i = 0; i < steps; i++) await job.step()
    secondsPerStep = (performance.now() - start) / 1000 / steps
    return { optimizer: job.optimizer, secondsPerStep, steps, first, last }
  }
}
