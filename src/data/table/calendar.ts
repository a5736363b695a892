import { momentFormat } from './moments/moment-format.ts'
import type { Calendar } from './table.ts'

/**
 * A day or a time as text: `value` in the calendar's own count, its format in the letters of strftime
 * (%Y %y %m %B %b %d %A %a %H %I %p %M %S %f %g). `%-d` has no leading zero, `%^b` capitals only, `%#p` none; `%1f` to `%6f` are
 * so many digits of the second. Others stand for themselves.
 */
export function formatMoment(value: number, calendar: Calendar): string {
  return momentFormat(calendar).format(value)
}

/** How days and times are written where nothing else is said. */
export const isoFormats: Readonly<Record<Calendar['unit'], string>> = {
  date: '%Y-%m-%d',
  timestamp: '%Y-%m-%d %H:%M:%S',
  time: '%H:%M:%S',
}
