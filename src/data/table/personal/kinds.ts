import { givenNames } from './given-names.ts'
import type { People, Person } from './people.ts'

/** A kind of personal data: how it is recognised, and what stands in its place. */
export interface PersonalKind {
  readonly name: string
  /** What its cells are, in the plural: `e-mail addresses`. */
  readonly what: string
  /** Words of column names that say so, in lower case without accents. */
  readonly names: RegExp
  /** Whether a cell of a column so named may be one. */
  readonly mayBe: (text: string) => boolean
  /** Whether a cell is one by its content alone; absent where only the column's name can say. */
  readonly is?: (text: string) => boolean
  /**
   * Share of cells that must be one by their content: alone, and where the column's name says so, too. Where the latter is absent
   * such a name suffices if nearly every cell may be one.
   */
  readonly shares: { readonly alone: number; readonly named?: number }
  /** Whether the content is so telling that one such cell is pooled even in a column of other things. */
  readonly telling?: boolean
  /** What stands in its place, of an invented person; absent where it is invented by its pattern. */
  readonly invent?: (person: Person, people: People, like: string) => string
  /** Changes a pattern's places so that what is invented exists nowhere. */
  readonly refine?: (places: readonly string[]) => readonly string[]
}

const digitsIn = (text: string): string => text.replaceAll(/\D/g, '')
const lower = (name: string): string => name.toLowerCase()

/** Most cells are of the kind: a few may be mistyped. */
const most = { alone: 0.6 } as const

const email: PersonalKind = {
  name: 'email',
  what: 'e-mail addresses',
  shares: most,
  names: /\be ?mails?\b|\bmail( |$)|\bcourriel\b|\bcorreo\b/,
  mayBe: (text) => text.includes('@'),
  is: (text) => /^[^\s@<>]+@[^\s@<>]+\.[\p{L}\d-]{2,}$/u.test(text),
  telling: true,
  invent: ({ given, family, number }, { host }) => `${lower(given)}.${lower(family)}${number}@${host}`,
}

const phone: PersonalKind = {
  name: 'phone',
  what: 'telephone numbers',
  shares: most,
  names:
    /\b(tele)?(phone|fon)\w*|\btel\b|\bmobile?\b|\bmobiltelefon|\bhandy\b|\bfax\b|\bcell( ?phone)?\b|\bnatel\b|\bmovil\b|\bcelular\b|\bportable\b|\btelefono\b|\bmsisdn\b/,
  mayBe: (text) => /^\+?[\d\s()./-]+$/.test(text) && between(digitsIn(text).length, 6, 15),
  is: (text) =>
    between(digitsIn(text).length, 7, 15) &&
    (/^\+\d[\d\s()./-]+$/.test(text) ||
      /^\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$/.test(text) ||
      /^\(0\d+\)[\d\s/-]+$/.test(text)),
  telling: true,
  // No country has the code 0, and no area the number 000.
  refine: (places) => withFirstDigits(places, places[0] === '+' ? '00' : '000'),
}

const iban: PersonalKind = {
  name: 'iban',
  what: 'bank accounts (IBAN)',
  shares: most,
  names: /\biban\b/,
  mayBe: (text) => /^[A-Za-z]{2}\d{2}[A-Za-z\d\s-]{8,38}$/.test(text),
  is: (text) => /^[A-Z]{2}\d{2}[A-Z\d\s]{11,38}$/.test(text) && isIban(text.replaceAll(/\s/g, '')),
  telling: true,
  // ISO 13616: check digits lie between 02 and 98.
  refine: (places) => withFirstDigits(places, '00'),
}

const card: PersonalKind = {
  name: 'card',
  what: 'card numbers',
  // One number in ten has the right check digit by chance.
  shares: { alone: 0.9 },
  names:
    /\b(credit ?|debit ?|bank ?)?card( ?(number|nr|no))?\b|\bkreditkarte|\bkartennummer\b|\bcarte bancaire\b|\btarjeta\b|\bpan\b/,
  mayBe: (text) => /^\d[\d\s-]+\d$/.test(text) && between(digitsIn(text).length, 12, 19),
  is: (text) =>
    /^\d[\d\s-]+\d$/.test(text) && between(digitsIn(text).length, 13, 19) && passesLuhn(digitsIn(text)),
  // ISO/IEC 7812: no issuer's number begins with 00.
  refine: (places) => withFirstDigits(places, '00'),
}

const account: PersonalKind = {
  name: 'account',
  what: 'account numbers',
  shares: most,
  names:
    /\baccount( ?(number|nr|no|id))?$|\bkonto( ?(nummer|nr))?$|\bkontonummer\b|\bkto\b|\bnumero de (cuenta|compte)\b|\brekening(nummer)?\b/,
  mayBe: (text) => /^[A-Za-z\d][A-Za-z\d\s./-]{4,33}$/.test(text) && digitsIn(text).length >= 5,
}

const nationalId: PersonalKind = {
  name: 'national-id',
  what: 'numbers of persons (social security, tax, passport)',
  shares: most,
  names:
    /\bssn\b|\bsocial security\b|\bsozialversicherung\w*|\bahv\b|\bsteuer ?(id|nummer)\b|\btax ?(id|number)\b|\btin\b|\bnational ?(id|insurance)\b|\bnino\b|\bdni\b|\bnif\b|\bnie\b|\bcpf\b|\bcurp\b|\bpesel\b|\bbsn\b|\bpersonnummer\b|\bcodice fiscale\b|\bpassport\w*|\breisepass\w*|\bpasaporte\b|\bpersonalausweis\w*|\bid ?card\b|\bdriv\w+ licen[cs]e\b|\bfuhrerschein\w*|\binsurance ?(number|nr|no)\b|\bpatient ?(id|number|nr|no)\b|\bnum(ero)? (de )?secu\w*/,
  mayBe: (text) => /^[A-Za-z\d][A-Za-z\d\s./-]{3,24}$/.test(text) && digitsIn(text).length >= 4,
  is: (text) =>
    /^\d{3}-\d{2}-\d{4}$|^756\.\d{4}\.\d{4}\.\d{2}$|^[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]$|^[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]$|^\d{3}\.\d{3}\.\d{3}-\d{2}$|^\d{6,8}[-+]\d{4}$/.test(
      text,
    ),
  telling: true,
  // No area 000 is given out in the United States, and no other of these begins so.
  refine: (places) => withFirstDigits(places, '000'),
}

const ipAddress: PersonalKind = {
  name: 'ip-address',
  what: 'addresses of devices (IP, MAC)',
  shares: most,
  names: /\bip( ?addr(ess)?)?\b|\bipv[46]\b|\bmac( ?addr(ess)?)\b/,
  mayBe: (text) => /^[\da-fA-F.:-]+$/.test(text),
  is: (text) =>
    (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)) ||
    /^([\da-f]{2}[:-]){5}[\da-f]{2}$/i.test(text) ||
    (/^[\da-f:]+$/i.test(text) &&
      text.split(':').length >= 4 &&
      (text.includes('::') || text.split(':').length === 8)),
  telling: true,
  invent: ({ number }, _, like) => {
    const [high, low] = [number % 256, Math.floor(number / 39)]
    if (/^[\da-f]{2}[:-]/i.test(like))
      return `02:00:5e:${hex(high)}:${hex(low % 256)}:${hex((high * 7 + low) % 256)}`
    // 240.0.0.0/4 is reserved (RFC 1112), 2001:db8::/32 is for documents (RFC 3849).
    return like.includes(':')
      ? `2001:db8:${hex(high)}::${number.toString(16)}`
      : `250.${high}.${low % 256}.${(high * 7 + low) % 256}`
  },
}

const address: PersonalKind = {
  name: 'address',
  what: 'street addresses',
  shares: most,
  names:
    /\b(street|postal|home|billing|shipping|delivery)? ?address( ?(line)? ?\d?)?\b|\badresse\b|\banschrift\b|\bstreet\b|\bstra(ss|ß)e\b|\bdireccion\b|\bindirizzo\b|\bendereco\b|\badres\b/,
  mayBe: (text) => /\p{L}/u.test(text) && text.length <= 120,
  is: (text) =>
    /\d/.test(text) &&
    text.length <= 120 &&
    /\b(street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|rue|chemin|via|viale|calle|avenida|plaza|rua|ulica|ul)\b\.?|(stra(ss|ß)e|str\.|weg|gasse|platz|allee|laan|straat|gatan|vägen|vej)(\s|\d|,|$)/iu.test(
      text,
    ),
  invent: ({ family, number }, _, like) =>
    /^\s*\d/.test(like) ? `${1 + (number % 199)} ${family} Street` : `${family}weg ${1 + (number % 199)}`,
}

const firstName: PersonalKind = {
  name: 'first-name',
  what: 'given names',
  shares: most,
  names:
    /\b(first|given|fore|middle) ?names?\b|\bvornamen?\b|\bprenoms?\b|\b(primer )?nombre de pila\b|\bvoornaam\b|\bfornavn\b|\bfornamn\b|\bimie\b/,
  mayBe: isNameLike,
  invent: ({ given }, _, like) => inCaseOf(given, like),
}

const lastName: PersonalKind = {
  name: 'last-name',
  what: 'family names',
  shares: most,
  names:
    /\b(last|family|sur|maiden) ?names?\b|\bsurnames?\b|\bnachnamen?\b|\bfamiliennamen?\b|\bnom de famille\b|\bapellidos?\b|\bcognome\b|\bsobrenome\b|\bachternaam\b|\betternavn\b|\befternamn\b|\bnazwisko\b/,
  mayBe: isNameLike,
  invent: ({ family }, _, like) => inCaseOf(family, like),
}

/** Names of people, given and family name in one cell. */
export const nameOfPeople: PersonalKind = {
  name: 'name',
  what: 'names of people',
  // Known by given names, of which only common ones are known.
  shares: { alone: 0.3, named: 0.1 },
  names:
    /\b(full|user|customer|client|contact|patient|employee|person|owner|author|student|teacher|doctor|guest|member|holder) ?name\b|(?<!\b(city|country|state|region|place|station|product|item|brand|model|company|file|column|table|team|school|species|plant|drug|game|movie|film|song|album|street|host|domain) )\bname\b|^(kunde|kundin|patient(in)?|mitarbeiter(in)?|employee|customer|client|person|ansprechpartner|contact|passenger|student|seller|salesperson|buyer|author|owner|teacher)$|\bnom\b|\bnombre\b|\bnome\b|\bnaam\b|\bnavn\b|\bnamn\b/,
  mayBe: (text) => isNameLike(text) && /\p{L}[\s,]+\p{L}/u.test(text),
  is: (text) => isNameLike(text) && /\p{L}[\s,]+\p{L}/u.test(text) && hasGivenName(text),
  invent: ({ given, family }, _, like) =>
    inCaseOf(like.includes(',') ? `${family}, ${given}` : `${given} ${family}`, like),
}

const userName: PersonalKind = {
  name: 'user-name',
  what: 'names of accounts',
  shares: most,
  names: /\b(user ?(name|id)?|login|log ?in|nick ?name|handle|account ?name|screen ?name|benutzer(name)?)$/,
  mayBe: (text) => /^[\p{L}\d._@-]{3,40}$/u.test(text) && /\p{L}/u.test(text),
  invent: ({ given, family, number }) => `${lower(given)}${lower(family).slice(-6)}${number}`,
}

/** Every kind of personal data that is recognised, the surest first. */
export const personalKinds: readonly PersonalKind[] = [
  email,
  iban,
  nationalId,
  ipAddress,
  phone,
  card,
  account,
  address,
  firstName,
  lastName,
  nameOfPeople,
  userName,
]

function between(value: number, low: number, high: number): boolean {
  return value >= low && value <= high
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}

/** Words of letters, each with a capital, as names of people are written. */
function isNameLike(text: string): boolean {
  return (
    text.length <= 80 && /^[\p{Lu}(“"][\p{L}\p{M}'’.()“”" ,-]*$/u.test(text) && text.split(/\s+/).length <= 8
  )
}

function hasGivenName(text: string): boolean {
  return plain(text)
    .split(/[^a-z]+/)
    .some((word) => givenNames.has(word))
}

/** In lower case, without accents. */
export function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

function inCaseOf(text: string, like: string): string {
  return like === like.toUpperCase() && /\p{L}/u.test(like) ? text.toUpperCase() : text
}

/** The first open digits of a template, fixed. */
function withFirstDigits(places: readonly string[], digits: string): readonly string[] {
  let next = 0
  return places.map((place) => {
    return /^\d+$/.test(place) && next < digits.length ? digits[next++]! : place
  })
}

/** The check of ISO/IEC 7812: from the right, every second digit doubled, the digits' sum is a multiple of 10. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  ;[...digits].reverse().forEach((character, k) => {
    const value = Number(character) * (k % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  })
  return sum % 10 === 0
}

/** The check of ISO 13616: the first four characters put last and letters as 10 … 35, it is 1 modulo 97. */
function isIban(text: string): boolean {
  let rest = 0
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}
