import { reproduction } from '../commands.ts'
import type { ReportData } from '../data.ts'
import { html } from '../html.ts'
import type { Section } from '../parts.ts'

/** The commands that lead here again. */
export function reproduceSection(data: ReportData): Section {
  return {
    id: 'reproduce',
    heading: 'How to get this again',
    short: 'Reproduce',
    body: html`<p>The same data, settings, seed and versions give the same weights to the bit on the same kind of processor.</p><pre tabindex="0" aria-label="Commands"><code>${reproduction(data).join('\n')}</code></pre>`,
  }
}
