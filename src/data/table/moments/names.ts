/** Names of months, January first, and of weekdays, Sunday first, in one language; short ones as they are usually cut. */
export interface MomentNames {
  readonly months: readonly string[]
  readonly shortMonths: readonly string[]
  readonly weekdays: readonly string[]
  readonly shortWeekdays: readonly string[]
}

function names(months: string, shortMonths: string, weekdays: string, shortWeekdays: string): MomentNames {
  const [a, b, c, d] = [months, shortMonths, weekdays, shortWeekdays].map((list) => list.split(' '))
  return { months: a!, shortMonths: b!, weekdays: c!, shortWeekdays: d! }
}

/** The languages that months are known in, by their codes of ISO 639; English is taken where several fit. */
export const languages: Readonly<Record<string, MomentNames>> = {
  en: names(
    'January February March April May June July August September October November December',
    'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec',
    'Sunday Monday Tuesday Wednesday Thursday Friday Saturday',
    'Sun Mon Tue Wed Thu Fri Sat',
  ),
  de: names(
    'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
    'Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez',
    'Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag',
    'So Mo Di Mi Do Fr Sa',
  ),
  fr: names(
    'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
    'janv févr mars avr mai juin juil août sept oct nov déc',
    'dimanche lundi mardi mercredi jeudi vendredi samedi',
    'dim lun mar mer jeu ven sam',
  ),
  es: names(
    'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
    'ene feb mar abr may jun jul ago sep oct nov dic',
    'domingo lunes martes miércoles jueves viernes sábado',
    'dom lun mar mié jue vie sáb',
  ),
  it: names(
    'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
    'gen feb mar apr mag giu lug ago set ott nov dic',
    'domenica lunedì martedì mercoledì giovedì venerdì sabato',
    'dom lun mar mer gio ven sab',
  ),
  nl: names(
    'januari februari maart april mei juni juli augustus september oktober november december',
    'jan feb mrt apr mei jun jul aug sep okt nov dec',
    'zondag maandag dinsdag woensdag donderdag vrijdag zaterdag',
    'zo ma di wo do vr za',
  ),
  pt: names(
    'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
    'jan fev mar abr mai jun jul ago set out nov dez',
    'domingo segunda terça quarta quinta sexta sábado',
    'dom seg ter qua qui sex sáb',
  ),
}

/** The lists of names that a letter of strftime stands for. */
export const namesOf: Readonly<Record<string, keyof MomentNames>> = {
  B: 'months',
  b: 'shortMonths',
  A: 'weekdays',
  a: 'shortWeekdays',
}

/** Where the word stands in such a list, whatever its case; −1 if it does not. */
export function placeOfName(word: string, letter: string, language: string): number {
  const small = word.toLowerCase()
  return languages[language]![namesOf[letter]!].findIndex((name) => name.toLowerCase() === small)
}
