import { describe, expect, test } from 'vitest'
import type { ScorefieldError } from '../base/index.ts'
import { knownEnergy } from './known-model.test-helper.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'
import type { Objective } from './objective.ts'
import { objectives } from './objectives.ts'

/** Settings that may be anything. */
const free = new Set(['lower', 'upper'])

const settings = objectives
  .filter(
    ({ needs, levels }) =>
      needs.every((ability) => ['score', 'energy'].includes(ability)) && levels === 'one',
  )
  .flatMap((objective) =>
    Object.keys(objective.settings)
      .filter((name) => !free.has(name))
      .map((name) => [objective.name, name, objective] as const),
  )

describe.each(settings)('%s: %s', (_, name, objective: Objective) => {
  test.each([-1, Number.NaN])('%f is refused by name', async (value) => {
    const facts = factsOf(objective, knownEnergy({ dimension: 2 }), {
      batchSize: 2,
      settings: { [name]: value },
    })
    const error = await hostLoss(objective, facts).then(
      () => undefined,
      (thrown: ScorefieldError) => thrown,
    )
    expect(error).toMatchObject({ kind: 'usage', code: 'objective/setting' })
    expect(error!.message).toContain(`"${name}"`)
  })
})
