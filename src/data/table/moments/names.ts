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
  // Months of Slavic languages as they stand beside a day.
  pl: names(
    'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia',
    'sty lut mar kwi maj cze lip sie wrz paź lis gru',
    'niedziela poniedziałek wtorek środa czwartek piątek sobota',
    'nie pon wto śro czw pią sob',
  ),
  cs: names(
    'ledna února března dubna května června července srpna září října listopadu prosince',
    'led úno bře dub kvě čvn čvc srp zář říj lis pro',
    'neděle pondělí úterý středa čtvrtek pátek sobota',
    'ne po út st čt pá so',
  ),
  ru: names(
    'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
    'янв фев мар апр май июн июл авг сен окт ноя дек',
    'воскресенье понедельник вторник среда четверг пятница суббота',
    'вс пн вт ср чт пт сб',
  ),
  sv: names(
    'januari februari mars april maj juni juli augusti september oktober november december',
    'jan feb mar apr maj jun jul aug sep okt nov dec',
    'söndag måndag tisdag onsdag torsdag fredag lördag',
    'sön mån tis ons tor fre lör',
  ),
  da: names(
    'januar februar marts april maj juni juli august september oktober november december',
    'jan feb mar apr maj jun jul aug sep okt nov dec',
    'søndag mandag tirsdag onsdag torsdag fredag lørdag',
    'søn man tir ons tor fre lør',
  ),
  nb: names(
    'januar februar mars april mai juni juli august september oktober november desember',
    'jan feb mar apr mai jun jul aug sep okt nov des',
    'søndag mandag tirsdag onsdag torsdag fredag lørdag',
    'søn man tir ons tor fre lør',
  ),
  tr: names(
    'Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık',
    'Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara',
    'Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi',
    'Paz Pzt Sal Çar Per Cum Cmt',
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
