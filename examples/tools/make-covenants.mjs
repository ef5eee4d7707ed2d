/** Writes ../data/covenants.jsonl. Run: node examples/tools/make-covenants.mjs. The same seed gives the same bytes. */
import { clauses as financial } from './phrases/clauses-financial.mjs';
import { boilerplate, clauses as general } from './phrases/clauses-general.mjs';
import { createRandom } from './random.mjs';
import { countBy, createDuplicateGuard, dealStatements, writeRows } from './rows.mjs';

const seed = 20260608;
const commonShare = 0.4;
const overlapLimit = 0.5;
const banks = { ...financial, ...general };
const sizes = {
  'leverage-ratio': [20, 12],
  'information-undertaking': [20, 12],
  'negative-pledge': [18, 11],
  'restricted-payments': [16, 10],
  'interest-cover': [14, 9],
  'minimum-liquidity': [11, 7],
};
const jurisdictions = {
  UK: { sign: '£', company: ['the Company', 'the Borrower', 'the Parent'], gaap: 'UK GAAP' },
  EU: {
    sign: 'EUR ',
    company: ['the Borrower', 'the Company', 'the Issuer'],
    gaap: 'IFRS as adopted by the European Union',
  },
  'US-NY': { sign: '$', company: ['the Borrower', 'Holdings', 'each Loan Party'], gaap: 'GAAP' },
  SG: { sign: 'S$', company: ['the Borrower', 'the Company', 'the Obligor'], gaap: 'SFRS(I)' },
};
const weights = [
  ['UK', 32],
  ['US-NY', 28],
  ['EU', 22],
  ['SG', 18],
];

const fillers = {
  ratio: random => `${random.pick(['3.50', '3.75', '4.00', '4.25', '4.50'])}${random.pick([':1', ' to 1.00', 'x'])}`,
  ratio2: random => `${random.pick(['2.00', '2.25', '2.50', '2.75', '3.00'])}${random.pick([':1', ' to 1.00', 'x'])}`,
  times: random => random.pick(['2.00', '2.25', '2.50', '2.75', '3.00']),
  ratio3: random => `${random.pick(['5.00', '5.25', '5.50'])}:1`,
  ratio4: random => random.pick(['1.05', '1.10', '1.20', '1.25', '1.30']),
  percent: random => String(30 + 5 * random.below(7)),
  percent2: random => String(150 + 25 * random.below(5)),
  percent3: random => random.pick(['five', '7.5', 'ten', '12.5', '15']),
  fraction: random => random.pick(['third', 'quarter', 'half']),
  ordinal: random => random.pick(['second', 'third', 'fourth', 'sixth']),
  amount: (random, place) =>
    place.sign +
    random.pick(['500,000', '2,000,000', '5,000,000', '7.5 million', '10,000,000', '25,000,000', '40 million']),
  days: random => random.pick(['10', '15', 'thirty (30)', '45', 'sixty (60)', '90', '120']),
  weeks: random => random.pick(['six', 'eight', 'thirteen']),
  clause: random => `${12 + random.below(14)}.${1 + random.below(9)}`,
  gaap: (_, place) => place.gaap,
};

/** Fills a clause for a jurisdiction; "{The company}" and "{the company}" name the same party throughout. */
function fillClause(text, place, random) {
  const party = random.pick(place.company);
  return text
    .replace(/\[([^\]]+)\]/g, (_, options) => random.pick(options.split('|')))
    .replaceAll('{the company}', party)
    .replaceAll('{The company}', party[0].toUpperCase() + party.slice(1))
    .replace(/\{(\w+)\}/g, (_, slot) => {
      if (!fillers[slot]) throw new Error(`Unknown slot {${slot}} in: ${text}`);
      return fillers[slot](random, place);
    });
}

/** One clause: the covenant, numbered or not, with none to three sentences of boilerplate about it. */
function composeClause(core, place, random) {
  const sentences = [core];
  const extras = random.shuffle(boilerplate).slice(0, random.below(4));
  for (const extra of extras) {
    if (random.chance(0.25)) sentences.unshift(extra);
    else sentences.push(extra);
  }
  const number = random.pick(['', '', '{clause} ', '(a) ', 'Section {clause}. ']);
  return fillClause(number + sentences.join(' '), place, random);
}

function makeCovenants() {
  const random = createRandom(seed);
  const isDuplicate = createDuplicateGuard(overlapLimit);
  const rows = [];
  for (const [covenant, [train, test]] of Object.entries(sizes)) {
    const deck = dealStatements(banks[covenant], commonShare, random);
    for (const [split, size] of [
      ['train', train],
      ['test', test],
    ]) {
      const pool = [...deck.common, ...deck[split]];
      for (let made = 0, tried = 0; made < size; tried += 1) {
        const jurisdiction = random.weighted(weights);
        const clause = composeClause(pool[tried % pool.length], jurisdictions[jurisdiction], random);
        if (isDuplicate(clause)) continue;
        rows.push({ clause, covenant, jurisdiction, split });
        made += 1;
      }
    }
  }
  return random.shuffle(rows).map((row, index) => ({ id: `C-${String(index + 1).padStart(3, '0')}`, ...row }));
}

const covenants = makeCovenants();
writeRows('covenants.jsonl', covenants);
for (const field of ['covenant', 'jurisdiction', 'split']) console.log(field, countBy(covenants, field));
