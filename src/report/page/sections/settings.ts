import { counted } from '../../../evaluation/index.ts'
import type { ReportData } from '../data.ts'
import { html } from '../html.ts'
import { dataTable, definitions, type Section, unfold } from '../parts.ts'

/** What was learned from, with which settings, by which versions. */
export function settingsSection({ run, source, machine, training }: ReportData): Section {
  const { one = 'row' } = source.words
  const known = (count: number | null): string =>
    count === null ? 'no limit: every row is a fresh draw' : counted(count, one)
  return {
    id: 'settings',
    heading: 'Data, settings and versions',
    short: 'Settings',
    body: html`${definitions([
      ['Data', source.name],
      ...(source.sha256 ? [['Fingerprint (SHA-256)', html`<code>${source.sha256}</code>`] as const] : []),
      [one === 'row' ? 'Rows' : `${one.charAt(0).toUpperCase()}${one.slice(1)}s`, known(source.rows)],
      ...(source.trainingRows === null ? [] : [['Learned from', known(source.trainingRows)] as const]),
      ...(source.validationRows === null
        ? []
        : [['Weights chosen by', known(source.validationRows)] as const]),
      ...(source.testRows === null ? [] : [['Reported by', known(source.testRows)] as const]),
      [
        'Run',
        `${run.name}${run.created === '' ? '' : `, made ${run.created.slice(0, 16).replace('T', ' ')} UTC`}`,
      ],
      ['Seed', String(run.seed)],
      ...(training.parameters === undefined
        ? []
        : [['Parameters', counted(training.parameters, 'number')] as const]),
      [
        'Versions',
        Object.entries(run.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', ') || 'not recorded',
      ],
      ['Evaluated on', `${machine.processor}, ${counted(machine.threads, 'hardware thread')}`],
    ])}${
      source.notes.length > 0 &&
      html`<h3>Decided while reading</h3><ul>${source.notes.map((note) => html`<li>${note}</li>`)}</ul>`
    }${unfold(
      `All ${counted(source.columns.length, 'column')} and how the model sees them`,
      dataTable({
        caption: 'Columns of the data',
        stacked: true,
        heads: ['Column', 'Type', 'Role', 'Encoding'],
        rows: source.columns
          .slice(0, 300)
          .map(({ name, type, role, encoding }) => [name, type, role, encoding]),
      }),
    )}${unfold(
      `All ${counted(run.settings.length, 'setting')}`,
      dataTable({
        caption: 'Settings of the run',
        stacked: true,
        heads: ['Setting', 'Value'],
        rows: run.settings.map(([path, value]) => [html`<code>${path}</code>`, value]),
      }),
    )}`,
  }
}
