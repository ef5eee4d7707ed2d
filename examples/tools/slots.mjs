/** Fills `[one|two]` alternations and `{slot}` names in a phrase. */
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
];
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What depends on where the shop is: money, tax, towns, names. */
export const regions = {
  UK: {
    sign: '£',
    currency: 'pounds',
    tax: 'VAT',
    cities: ['Leeds', 'Bath', 'Cardiff', 'Dundee', 'Norwich', 'Hull'],
    names: ['Priya', 'Callum', 'Moira', 'Gareth', 'Beth', 'Imran', 'Sheila', 'Tom'],
  },
  IE: {
    sign: '€',
    currency: 'euro',
    tax: 'VAT',
    cities: ['Cork', 'Galway', 'Sligo', 'Tralee', 'Athlone'],
    names: ['Aoife', 'Declan', 'Niamh', 'Padraig', 'Sinead', 'Conor', 'Grainne'],
  },
  DE: {
    sign: 'EUR ',
    currency: 'euro',
    tax: 'VAT',
    cities: ['Bremen', 'Leipzig', 'Ulm', 'Kassel', 'Freiburg', 'Jena'],
    names: ['Anke', 'Jonas', 'Ayse', 'Silke', 'Matthias', 'Lena', 'Uwe'],
  },
  US: {
    sign: '$',
    currency: 'dollars',
    tax: 'sales tax',
    cities: ['Tucson', 'Duluth', 'Boise', 'Macon', 'Dayton', 'Eugene'],
    names: ['Ray', 'Tasha', 'Omar', 'Jolene', 'Earl', 'Maria', 'Devin', 'Kim'],
  },
  SG: {
    sign: 'S$',
    currency: 'dollars',
    tax: 'GST',
    cities: ['Bedok', 'Tampines', 'Jurong', 'Katong', 'Yishun'],
    names: ['Wei Ling', 'Farid', 'Mei', 'Siva', 'Jun Hao', 'Priya', 'Hafiz'],
  },
};

const fillers = {
  month: random => random.pick(months),
  month2: random => random.pick(months),
  day: random => random.pick(days),
  date: random => `${1 + random.below(28)} ${random.pick(months)}`,
  hour: random => random.pick(['six', 'seven', '8', '9 am', 'half past seven', 'noon']),
  money: (random, region) =>
    `${region.sign}${random.pick([9, 12, 19, 29, 39, 49, 58, 79, 99, 120, 149, 240, 310])}${random.pick(['', '.50', '.99', '.00'])}`,
  money2: (random, region) => `${region.sign}${random.pick([24, 34, 44, 59, 69, 89, 129, 180])}`,
  currency: (random, region) => region.currency,
  currency2: random => random.pick(['Swiss francs', 'kroner', 'ringgit', 'Canadian dollars', 'zloty']),
  tax: (random, region) => region.tax,
  city: (random, region) => random.pick(region.cities),
  person: (random, region) => random.pick(region.names),
  plan: random => random.pick(['Plus', 'Pro', 'Starter', 'Team', 'annual', 'monthly']),
  reader: random =>
    random.pick(['reader', 'card reader', 'terminal', 'Marlo One', 'Marlo Go', 'handheld', 'printer', 'machine']),
  screen: random =>
    random.pick([
      'the sales report',
      'settings',
      'the table plan',
      'the product list',
      'payouts',
      'the invoices page',
      'orders',
      'the staff page',
    ]),
  version: random => `${6 + random.below(2)}.${random.below(10)}`,
  os: random => random.pick(['Android 14', 'Android 15', 'iOS 18', 'iPadOS', 'the old iPad', 'Windows', 'Fire OS']),
  error: random => random.pick(['E-104', '0x80', '500', 'E-17', '403', "'something went wrong'", 'PX-9']),
  courier: random => random.pick(['Swiftbox', 'NordPost', 'the courier', 'Parcelhop', 'the delivery company']),
  order: random => random.pick(['M-', '#', 'order no. ']) + String(40000 + random.below(19999)),
  invoice: random => random.pick(['INV-', 'no. ', '#']) + String(20000 + random.below(9999)),
  pin: random => String(1000 + random.below(9000)),
  count: random => random.pick(['two', 'three', 'four', '5', 'six', 'eight', '12', '20']),
  email: (random, region) => `${random.pick(region.names).toLowerCase().replace(' ', '.')}@example.com`,
};

/** Fills one phrase for a region; an unknown slot name is an error in the bank. */
export function fillPhrase(phrase, region, random) {
  const chosen = phrase.replace(/\[([^\]]+)\]/g, (_, options) => random.pick(options.split('|')));
  const filled = chosen.replace(/\{(\w+)\}/g, (_, slot) => {
    if (!fillers[slot]) throw new Error(`Unknown slot {${slot}} in: ${phrase}`);
    return fillers[slot](random, regions[region]);
  });
  return filled.replace(/\border (order no\. |#)/g, 'order ').replace(/\binvoice (no\. )/gi, 'invoice ');
}
