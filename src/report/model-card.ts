import { called, counted, estimate, fixed, listed, worstFirst } from '../evaluation/index.ts'
import { commandOf, folderOf, reproduction } from './page/commands.ts'
import type { ReportData } from './page/data.ts'
import { trainingSentences, unseenRowsSentence } from './page/steps.ts'
import { markMeaning, verdictOfReport } from './page/verdict-of.ts'

/**
 * The model card of a run, in Markdown with the front matter that model hubs read: what the model is, what it learned from,
 * how it was trained, how good it is, what it is for and what not. Every sentence is made of facts of the run; nothing is
 * left for a person to fill in.  Mitchell et al. 2019.
 */
export function modelCard(data: ReportData): string {
  // Names stand in backticks, and stay as they are.
  const say = (line: string): string =>
    line
      .split(/(`[^`]*`)/)
      .map((part, i) => (i % 2 === 0 ? called(part, data.evaluation) : part))
      .join('')
  const parts: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ['What it is', whatItIs(data).map(say)],
    ['How good it is', evaluationLines(data).map(say)],
    ['Intended use', intendedUse(data).map(say)],
    ['Limits', limits(data).map(say)],
    ['Privacy', privacyLines(data).map(say)],
    ['Data', dataLines(data).map(say)],
    ['Training', trainingLines(data)],
    ['How to use it', useLines(data)],
    ['Licence', licenceLines(data)],
    ['How to make it again', ['```sh', ...reproduction(data), '```']],
    ['Versions', versionLines(data)],
  ]
  const body = parts.flatMap(([heading, lines]) => [`## ${heading}`, '', ...lines, ''])
  return `${[...frontMatter(data), '', `# ${plain(data.run.name)}`, '', ...body].join('\n').trimEnd()}\n`
}

/** Front matter as YAML; strings are quoted as JSON quotes them, which YAML reads the same. */
function frontMatter({ run, source, evaluation }: ReportData): string[] {
  const text = (value: string): string => JSON.stringify(value)
  const classifier = evaluation.samples?.figures.find(({ metric }) => metric === 'classifier')
  const { likelihood } = evaluation
  const metrics = [
    ...(likelihood
      ? [
          {
            type: 'log_likelihood',
            name: 'Log-likelihood of unseen rows, nats a row',
            value: likelihood.model.value,
          },
        ]
      : []),
    ...(classifier
      ? [{ type: 'roc_auc', name: 'Two-sample classifier, 0.5 is perfect', value: classifier.value }]
      : []),
  ]
  return [
    '---',
    'library_name: scorefield',
    'license: unknown',
    'tags:',
    `  - ${evaluation.pictures ? 'images' : 'tabular'}`,
    '  - synthetic-data',
    '  - score-based-generative-model',
    '  - diffusion',
    '  - density-estimation',
    'model-index:',
    `  - name: ${text(run.name)}`,
    '    results:',
    '      - task:',
    `          type: ${evaluation.pictures ? 'image' : 'tabular'}-generation`,
    '        dataset:',
    `          name: ${text(source.name)}`,
    `          type: ${source.words.type}`,
    '        metrics:',
    ...metrics.flatMap(({ type, name, value }) => [
      `          - type: ${type}`,
      `            name: ${text(name)}`,
      `            value: ${value}`,
    ]),
    '---',
  ]
}

function learnedFrom({ source }: ReportData): string {
  const name = code(source.name)
  return source.trainingRows === null
    ? `fresh draws of ${name}`
    : `${counted(source.trainingRows, 'row')} of ${name}`
}

function whatItIs(data: ReportData): string[] {
  const { source, training, evaluation } = data
  const size = training.parameters === undefined ? '' : ` with ${counted(training.parameters, 'parameter')}`
  return [
    `A generative model of the family ${code(settingOf(data, 'model.family'))}${size}, trained by ${code(settingOf(data, 'training.objective'))}, that learned ${evaluation.pictures ? 'the distribution of pictures' : `the joint distribution of ${counted(source.columns.length, 'column')}`} from ${learnedFrom(data)}. It draws new rows${evaluation.likelihood ? ', and gives the log-density of a row' : ''}.`,
  ]
}

function evaluationLines(data: ReportData): string[] {
  const { evaluation } = data
  const { likelihood } = evaluation
  const { facts, sentences } = verdictOfReport(data)
  return [
    plain(sentences[0] ?? 'Nothing was measured.'),
    '',
    ...sentences.slice(1).map((sentence) => `- ${plain(sentence)}`),
    '',
    `Judged by ${plain(evaluation.against)}; in brackets 95 % intervals; ${markMeaning}. All figures: \`evaluation.json\`; with pictures: \`report.html\`.`,
    '',
    ...(facts.length > 0
      ? table(
          ['What', 'Figure', 'Real rows reach', 'Mark', 'Limits of the mark'],
          facts.map(({ title, figureText, floorText, mark, rule }) => [
            title,
            figureText,
            floorText,
            mark,
            `${rule}; poor beyond`,
          ]),
        )
      : ['No figure of samples was measured: there are too few rows to compare with.']),
    '',
    ...(likelihood
      ? table(
          ['Density', 'Nats a row', 'Advantage of this model'],
          [
            [likelihood.isBound ? 'this model, at least' : 'this model', estimate(likelihood.model), '–'],
            ...likelihood.baselines.map(({ name, logDensity, advantage }) => [
              name,
              estimate(logDensity),
              estimate(advantage),
            ]),
          ],
        )
      : ['This family of models has no log-density.']),
  ]
}

function intendedUse(data: ReportData): string[] {
  return [
    `Rows of the same kind as those of ${code(data.source.name)}: for developing and testing software and analyses, for teaching, and for finding odd rows by their log-density.`,
    plain(verdictOfReport(data).sentences[0] ?? 'How well it does that was not measured.'),
  ]
}

function limits(data: ReportData): string[] {
  const { source, evaluation, training } = data
  const weak = worstFirst(verdictOfReport(data).facts).filter(({ mark }) => mark !== 'good')
  const leftOut = source.columns.filter(({ role }) => role === 'left out').map(({ name }) => code(name))
  return [
    ...weak.map(({ name, mark, says }) => `- ${capital(mark)}: ${name}. ${plain(says)}`),
    ...(leftOut.length > 0
      ? [`- Not learned, and absent from new rows or empty there: ${listed(leftOut)}.`]
      : []),
    source.testRows === null
      ? '- It was judged on fresh draws of a known density: that says nothing of other data.'
      : `- It was judged by ${plain(evaluation.against)}${evaluation.likelihood ? `, ${counted(evaluation.likelihood.model.rows, 'row')} of which for the likelihood` : ''}: differences smaller than the intervals cannot be told from chance.`,
    `- It knows ${learnedFrom(data)} and nothing else: no other time, place or group than those that the data cover. Its rows repeat what is wrong or unfair in the data.`,
    '- A log-density is that of data blurred by the least noise level of training; rows far from all data get rough figures.',
    ...(training.reason === 'interrupted' ? ['- The training was interrupted before its end.'] : []),
    '- A new row is a draw, not a fact: no decision about a person should rest on one.',
  ]
}

function privacyLines(data: ReportData): string[] {
  const { source, privacy } = data
  if (source.words.nobodys !== undefined) return [source.words.nobodys]
  const found = verdictOfReport(data).facts.filter(({ topic }) => topic === 'privacy')
  const unseen = unseenRowsSentence(data.training)
  if (privacy !== undefined)
    return [
      ...found.map(({ mark, says }) => `- ${capital(mark)}: ${plain(says)}`),
      ...(unseen === undefined ? [] : [`- ${plain(unseen)}`]),
      '',
      'These figures are a check, not a guarantee: the training made no use of differential privacy. If one is not marked good, or if the data are confidential, show rows of this model only to people who may see the data.',
    ]
  return [
    'This evaluation holds no measurement of privacy, so nothing is known of copied rows. Do not take rows of this model for anonymous.',
  ]
}

function dataLines(data: ReportData): string[] {
  const { source, run } = data
  const split =
    source.rows === null || source.trainingRows === null || source.testRows === null
      ? 'Every example is a fresh draw; nothing is held out.'
      : `${counted(source.rows, 'row')}: ${fixed(source.trainingRows, 0)} learned from, ${source.validationRows ? `${fixed(source.validationRows, 0)} to choose the weights by, ` : ''}${fixed(source.testRows, 0)} to report by, split by a hash of seed and content${source.trainingRows + (source.validationRows ?? 0) + source.testRows < source.rows ? ', the others left out for their gaps' : ''}.`
  const shown = source.columns.slice(0, mostColumns)
  const left = source.columns.length - shown.length
  return [
    `- Source: ${code(source.name)}`,
    `- Split: ${split}`,
    `- Fingerprint: ${source.sha256 === undefined ? 'none, since there is no single file to take it of' : `SHA-256 \`${source.sha256}\``}`,
    `- Seed: ${run.seed}`,
    ...source.notes.map((note) => `- Note: ${plain(note)}`),
    '',
    ...table(
      ['Column', 'Type', 'Role', 'Encoding'],
      shown.map(({ name, type, role, encoding }) => [name, type, role, encoding]),
    ),
    ...(left > 0 ? ['', `${counted(left, 'more column')}: see \`data.json\`.`] : []),
  ]
}

/** Columns in the table, at most. */
const mostColumns = 100

function trainingLines(data: ReportData): string[] {
  const { training, machine, run } = data
  return [
    plain(trainingSentences(training).join(' ')),
    '',
    `- Machine of the evaluation: ${plain(machine.processor)}, ${counted(machine.threads, 'hardware thread')}, ${fixed(machine.memoryBytes / 2 ** 30, 1)} GiB of memory`,
    '',
    ...table(
      ['Setting', 'Value'],
      run.settings.filter(([path]) => /^(model|training|sampling)\./.test(path)),
    ),
  ]
}

function useLines({ run, evaluation }: ReportData): string[] {
  const folder = folderOf(run)
  const isPictures = evaluation.pictures !== undefined
  const [count, made, given] = isPictures ? ['64', 'new', 'pictures'] : ['1000', 'new.csv', 'rows.csv']
  const written = isPictures ? 'pictures, a file each and a sheet' : 'rows with the data’s columns and types'
  return [
    '```sh',
    commandOf(['sample', folder, '-n', count, '-o', made]),
    commandOf(['score', folder, given, '-o', 'scores.csv']),
    commandOf(['evaluate', folder]),
    '```',
    '',
    `${code('sample')} writes ${written}; ${code('score')} says of each row how likely the model finds it. Row i depends on the seed and i only. The weights are in ${code('checkpoints/')}, as safetensors.`,
  ]
}

function licenceLines({ source }: ReportData): string[] {
  const { terms } = source.words
  if (terms !== undefined) return [`${terms} Scorefield is under the MIT licence.`]
  return [
    `${code(source.name)} states no licence of the data. The terms under which you obtained the data apply, also to this model and its rows. Scorefield itself is under the MIT licence.`,
  ]
}

function versionLines({ run }: ReportData): string[] {
  const entries = Object.entries(run.versions)
  const made = run.created === '' ? 'not recorded' : `${run.created.slice(0, 16).replace('T', ' ')} UTC`
  return [
    `- Made: ${made}`,
    ...(entries.length > 0
      ? entries.map(([name, version]) => `- ${plain(name)}: ${plain(version)}`)
      : ['- Versions: not recorded']),
  ]
}

function settingOf({ run }: ReportData, path: string): string {
  return run.settings.find(([name]) => name === path)?.[1] ?? 'not recorded'
}

/** A table of Markdown; bars in cells are escaped. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`
  return [line(heads), `|${' --- |'.repeat(heads.length)}`, ...rows.map(line)]
}

/** A text on one line that Markdown shows as it is. */
function plain(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line === '' ? '(empty)' : line.replace(/[\\`*_[\]<>|#&]/g, '\\$&')
}

/** A text as code, whatever backticks it holds. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line === '' ? '(empty)' : line}${fence}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
