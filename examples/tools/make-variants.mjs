/**
 * Writes ../data/tickets-noisy.jsonl and ../data/tickets-writers.jsonl from ../data/tickets.jsonl.
 * Run: node examples/tools/make-variants.mjs. The same seed gives the same bytes.
 */
import { readFileSync } from 'node:fs';
import { dropVowels, mishear, misread, mumble, relax, reword, shorten } from './noise.mjs';
import { createRandom } from './random.mjs';
import { countBy, writeRows } from './rows.mjs';
import { rewriteAs, writers } from './varieties.mjs';

const seed = 20260609;
/** Tickets of each split that are made noisy, once in every way. */
const noisySizes = { train: 420, test: 200 };
/** Tickets of each split that every group of writers writes in its own way. */
const writerSizes = { train: 320, test: 480 };
const noises = ['scan', 'chat', 'speech'];

const tickets = readFileSync(new URL('../data/tickets.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line));

/** Tickets of one split in a new order: every category in its own share. */
function chooseTickets(split, size, random) {
  return random.shuffle(tickets.filter(ticket => ticket.split === split)).slice(0, size);
}

function makeNoisy(text, noise, random) {
  if (noise === 'scan') return misread(text, 0.95, random);
  if (noise === 'chat') return dropVowels(relax(shorten(reword(text, 0.6, random), 0.9, random), random), 0.95, random);
  return mishear(mumble(reword(text, 0.5, random), 0.15, random).toLowerCase(), 0.95, random).replace(/[.,!?;:]/g, '');
}

/** A text occurs once in a file, and never in the other split of any file: what is tested was not learnt. */
function createGuard() {
  const splitOf = new Map(tickets.map(({ text, split }) => [text.trim(), split]));
  const written = new Set();
  return (text, split) => {
    const key = text.trim();
    if (written.has(key) || (splitOf.has(key) && splitOf.get(key) !== split)) return false;
    written.add(key);
    splitOf.set(key, split);
    return true;
  };
}

function makeNoisyRows(random) {
  const isNew = createGuard();
  const rows = [];
  for (const [split, size] of Object.entries(noisySizes)) {
    for (const ticket of chooseTickets(split, size, random)) {
      for (const noise of noises) {
        const text = makeNoisy(ticket.text, noise, random);
        if (isNew(text, split)) rows.push({ source: ticket.id, text, category: ticket.category, noise, split });
      }
    }
  }
  return number('N', random.shuffle(rows));
}

function makeWriterRows(random) {
  const isNew = createGuard();
  const rows = [];
  for (const [split, size] of Object.entries(writerSizes)) {
    for (const ticket of chooseTickets(split, size, random)) {
      const texts = writers.map(writer => rewriteAs(writer, ticket.text, random));
      // All groups or none: the groups then ask exactly the same things.
      if (new Set(texts).size < writers.length) continue;
      if (texts.some(text => !isNew(text, split))) continue;
      texts.forEach((text, index) => {
        rows.push({ source: ticket.id, text, category: ticket.category, writer: writers[index], split });
      });
    }
  }
  return number('W', random.shuffle(rows));
}

function number(prefix, rows) {
  return rows.map((row, index) => ({ id: `${prefix}-${String(index + 1).padStart(4, '0')}`, ...row }));
}

const random = createRandom(seed);
const noisy = makeNoisyRows(random);
const written = makeWriterRows(random);
writeRows('tickets-noisy.jsonl', noisy);
writeRows('tickets-writers.jsonl', written);
for (const field of ['split', 'noise', 'category']) console.log(field, countBy(noisy, field));
for (const field of ['split', 'writer', 'category']) console.log(field, countBy(written, field));
