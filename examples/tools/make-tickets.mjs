/** Writes ../data/tickets.jsonl. Run: node examples/tools/make-tickets.mjs. The same seed gives the same bytes. */
import * as billing from './phrases/billing.mjs';
import * as bug from './phrases/bug.mjs';
import * as cancellation from './phrases/cancellation.mjs';
import * as privacy from './phrases/data-privacy.mjs';
import * as delivery from './phrases/delivery.mjs';
import * as feature from './phrases/feature-request.mjs';
import * as howTo from './phrases/how-to.mjs';
import * as login from './phrases/login.mjs';
import { tickets as billingCancellation } from './phrases/written-billing-cancellation.mjs';
import { tickets as bugFeature } from './phrases/written-bug-feature.mjs';
import { tickets as howToDelivery } from './phrases/written-howto-delivery.mjs';
import { tickets as loginPrivacy } from './phrases/written-login-privacy.mjs';
import { composeTicket } from './compose.mjs';
import { createRandom } from './random.mjs';
import { countBy, createDuplicateGuard, dealStatements, divide, writeRows } from './rows.mjs';

const seed = 20260607;
const trainShare = 0.6;
const commonShare = 0.45;
const overlapLimit = 0.35;
const banks = {
  billing,
  bug,
  login,
  'how-to': howTo,
  delivery,
  cancellation,
  'feature-request': feature,
  'data-privacy': privacy,
};
const sizes = {
  billing: 245,
  bug: 215,
  login: 180,
  'how-to': 160,
  delivery: 150,
  cancellation: 100,
  'feature-request': 80,
  'data-privacy': 70,
};
const channels = [
  ['email', 35],
  ['chat', 28],
  ['web-form', 22],
  ['phone-transcript', 15],
];
const regionWeights = [
  ['UK', 30],
  ['US', 24],
  ['DE', 18],
  ['SG', 15],
  ['IE', 13],
];
const written = [...billingCancellation, ...bugFeature, ...howToDelivery, ...loginPrivacy];

/** Deals without repeats until a pool is used up, then shuffles it again: each statement is used about equally often. */
function createDealer(pool, random) {
  let hand = [];
  return () => {
    if (hand.length === 0) hand = random.shuffle(pool);
    return hand.pop();
  };
}

/** The statements of one split: `common` ones occur in both splits, `rare` ones in this split only. */
function choosePools(decks, split) {
  const pools = {};
  for (const [category, deck] of Object.entries(decks)) pools[category] = [...deck.common, ...deck[split]];
  return pools;
}

/** Rows of one category and split: the hand-written ones first, then composed ones that are not near-duplicates. */
function makeRows({ category, split, size, texts, decks, isDuplicate, random }) {
  const rows = texts.map(([, channel, region, text]) => ({
    text,
    category,
    channel,
    region,
    wording: 'written',
    split,
  }));
  const pools = choosePools(decks, split);
  const deal = createDealer(pools[category], random);
  while (rows.length < size) {
    const channel = random.weighted(channels);
    const region = random.weighted(regionWeights);
    const statement = deal();
    const text = composeTicket(category, statement, { channel, region, pools, banks, random });
    const wording = decks[category].common.includes(statement) ? 'common' : 'rare';
    if (!isDuplicate(text)) rows.push({ text, category, channel, region, wording, split });
  }
  return rows;
}

function makeTickets() {
  const random = createRandom(seed);
  const decks = {};
  for (const [category, bank] of Object.entries(banks))
    decks[category] = dealStatements(bank.problems, commonShare, random);
  const isDuplicate = createDuplicateGuard(overlapLimit);
  for (const [, , , text] of written) {
    if (isDuplicate(text)) throw new Error(`Hand-written ticket repeats another: ${text}`);
  }
  const rows = [];
  for (const [category, size] of Object.entries(sizes)) {
    const own = divide(
      written.filter(([label]) => label === category),
      trainShare,
      random,
    );
    const trainSize = Math.round(size * trainShare);
    const shared = { category, decks, isDuplicate, random };
    rows.push(...makeRows({ ...shared, split: 'train', size: trainSize, texts: own.train }));
    rows.push(...makeRows({ ...shared, split: 'test', size: size - trainSize, texts: own.test }));
  }
  return random.shuffle(rows).map((row, index) => ({ id: `T-${String(index + 1).padStart(4, '0')}`, ...row }));
}

const tickets = makeTickets();
writeRows('tickets.jsonl', tickets);
for (const field of ['category', 'channel', 'region', 'wording', 'split']) console.log(field, countBy(tickets, field));
