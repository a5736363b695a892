/** The folders of src/ in reading order, each with the folders that it may import: the architecture, as data. */
export const house: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  density: ['engine'],
  noise: ['engine'],
  data: ['engine'],
  model: ['engine', 'noise', 'density'],
  objective: ['engine', 'noise', 'model'],
  training: ['engine', 'noise', 'data', 'model', 'objective'],
  sampling: ['engine', 'noise', 'model'],
  evaluation: ['engine', 'data', 'density', 'sampling', 'model'],
  export: ['engine', 'density', 'noise', 'data', 'model', 'sampling', 'evaluation'],
  run: ['engine', 'density', 'noise', 'data', 'model', 'objective', 'training', 'sampling', 'evaluation', 'export'],
  cli: [
    'engine',
    'density',
    'noise',
    'data',
    'model',
    'objective',
    'training',
    'sampling',
    'evaluation',
    'export',
    'run',
  ],
}

/** Folders that must run in a browser: nothing of Node outside files named *.node.ts. */
export const browserSafe: readonly string[] = [
  'engine',
  'density',
  'noise',
  'data',
  'model',
  'objective',
  'training',
  'sampling',
  'evaluation',
  'export',
  'run',
]
