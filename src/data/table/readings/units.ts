/** Codes of ISO 4217 for money in wide use, and how it is abbreviated where it has no sign of its own. */
const moneyWords = new Set(
  `AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD MAD MXN MYR NGN
  NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR
  Fr. SFr. sFr. Rs. Rs kr kr. Kr Kr. zł Kč Ft лв руб. RM Rp Lei lei BTC ETH`.split(/\s+/),
)

/** Units of measure in wide use. Others are taken too, where one stands in every cell. */
const measures = new Set(
  `% ‰ ° °C °F K kg g mg µg t lb lbs oz st km m cm mm µm nm mi ft in yd l L ml mL cl dl gal h hr hrs min s sec ms d day days
  week weeks month months year years yrs W kW MW kWh MWh Wh V kV mV A mA Ω Hz kHz MHz GHz B kB KB MB GB TB KiB MiB GiB bit px pt
  bar mbar Pa hPa kPa MPa psi mmHg cal kcal J kJ MJ N Nm rpm mph km/h kmh m/s kn mol mg/l mg/L mg/dl mg/dL mmol/l mmol/L g/l g/L
  g/dl ha acres ac m² m2 km² km2 cm² cm2 m³ m3 cm³ cm3 ft² ft2 sqft ft³ ft3 ppm ppb dB k M bn Mio Mio. Mrd Mrd. Tsd. Stk. Stk pcs`.split(
    /\s+/,
  ),
)

/** Whether `text` stands for money: a currency's sign with up to three letters beside it, or a currency's code. */
export function isMoney(text: string): boolean {
  return moneyWords.has(text) || /^\p{L}{0,3}\p{Sc}\p{L}{0,3}$/u.test(text)
}

/** Whether `text` is a unit that people know. */
export function isKnownUnit(text: string): boolean {
  return measures.has(text) || isMoney(text)
}

const areaOrVolume = /^(?:[kcdmµn]?m|in|ft|yd|mi)[23]$/
const words = /^[\p{L}\p{Sc}%‰°µ'′"″²³/·.]{1,20}(?: [\p{L}\p{Sc}%‰°µ²³/·.]{1,20}){0,2}$/u

/** Whether `text`, which stands after a number, may be a unit. */
export function isUnit(text: string): boolean {
  return words.test(text) || areaOrVolume.test(text)
}
