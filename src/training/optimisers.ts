import { adamw } from './adamw.ts'
import type { Optimiser } from './optimiser.ts'

/** Every optimiser; the first is taken where none is named. */
export const optimisers: readonly Optimiser[] = [adamw]
