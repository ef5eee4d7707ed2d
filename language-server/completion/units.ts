import { CompletionItemKind } from 'vscode-languageserver';
import type { SchemaNode } from '../../engine/documents/schema.ts';
import type { ValueOffer } from './offers.ts';

type Described = readonly [value: string, detail: string];

/** What a number without its unit may mean, and what is usual where there is none. */
interface Unit {
  readonly complete: (number: string) => readonly Described[];
  readonly usual: readonly Described[];
}

const moments: Unit = {
  complete: number => [
    [`${number}s`, count(number, 'second')],
    ...whole(number, [
      ['PT', 'M', 'minute'],
      ['PT', 'H', 'hour'],
    ]),
  ],
  usual: [
    ['10s', '10 seconds'],
    ['30s', '30 seconds'],
    ['60s', 'a minute'],
    ['PT5M', '5 minutes'],
    ['PT10M', '10 minutes'],
    ['PT1H', 'an hour'],
  ],
};

const spans: Unit = {
  complete: number =>
    whole(number, [
      ['P', 'D', 'day'],
      ['P', 'W', 'week'],
      ['P', 'M', 'month'],
      ['P', 'Y', 'year'],
    ]),
  usual: [
    ['P7D', 'a week'],
    ['P30D', '30 days'],
    ['P90D', '90 days'],
    ['P6M', '6 months'],
    ['P1Y', 'a year'],
  ],
};

const money: Unit = {
  complete: number => [[`${/^\d+$/.test(number) ? `${number}.00` : number} USD`, 'US dollars']],
  usual: [
    ['1.00 USD', 'US dollars'],
    ['5.00 USD', 'US dollars'],
    ['20.00 USD', 'US dollars'],
    ['100.00 USD', 'US dollars'],
  ],
};

const shares: Unit = {
  complete: number => [[`${number}%`, 'per cent']],
  usual: [
    ['0%', 'none'],
    ['1%', 'one of a hundred'],
    ['2%', 'two of a hundred'],
    ['5%', 'one of twenty'],
    ['10%', 'one of ten'],
  ],
};

/** The beginnings of the patterns of the schemas' texts with units. */
const units: readonly (readonly [pattern: string, unit: Unit])[] = [
  ['^(\\d+(\\.\\d+)?s|PT', moments],
  ['^P(?=', spans],
  ['^\\d+(\\.\\d+)? USD$', money],
  ['^\\d+(\\.\\d+)?%$', shares],
];

const datePattern = '^\\d{4}-(0[1-9]';
const day = 86_400_000;

/** Numbers that are usual where any of a range will do, by the field's name. */
const usualNumbers: Readonly<Record<string, readonly (string | Described)[]>> = {
  confidence: ['0.9', '0.95', '0.99'],
  temperature: [
    ['0', 'the likeliest answer'],
    ['0.7', 'some variety'],
    ['1', "the model's own"],
  ],
  topP: ['1', '0.9'],
  concurrency: ['4', '8', '16', '32', '64'],
  requestsPerMinute: ['60', '600', '6000'],
  repeats: ['1', '3', '5'],
  retries: ['0', '4', '8'],
  seed: ['7', '42'],
  memory: [
    ['256', 'MiB'],
    ['512', 'MiB'],
    ['1024', 'MiB'],
    ['2048', 'MiB'],
  ],
  contextLength: [
    ['4096', 'tokens'],
    ['8192', 'tokens'],
    ['32768', 'tokens'],
  ],
  maxTokens: [
    ['16', 'a label'],
    ['256', 'a paragraph'],
    ['1024', 'a page'],
  ],
};

/** Durations, money, percentages, dates and usual numbers, those first that what was typed may become. `now` is in milliseconds. */
export function offerUnits(
  schema: SchemaNode,
  field: string | undefined,
  typed: string,
  now: number,
): readonly ValueOffer[] {
  const pattern = schema.pattern ?? '';
  if (pattern.startsWith(datePattern)) return [90, 182, 365].map(days => offerDate(now, days));
  const unit = units.find(([start]) => pattern.startsWith(start))?.[1];
  if (unit !== undefined) {
    const number = /^\d+(\.\d+)?/.exec(typed)?.[0];
    const completed = number === undefined ? [] : unit.complete(number);
    return [...completed, ...unit.usual].map(([value, detail]) => offer(value, detail));
  }
  if ((schema.type !== 'integer' && schema.type !== 'number') || field === undefined) return [];
  if (!Object.hasOwn(usualNumbers, field)) return [];
  return (usualNumbers[field] ?? [])
    .map(one => (typeof one === 'string' ? offer(one, '') : offer(one[0], one[1])))
    .filter(({ value }) => isWithin(Number(value), schema));
}

function isWithin(value: number, { minimum = -Infinity, maximum = Infinity }: SchemaNode): boolean {
  return value >= minimum && value <= maximum;
}

function offer(value: string, detail: string): ValueOffer {
  return { value, detail, kind: CompletionItemKind.Unit, isBare: true };
}

function offerDate(now: number, days: number): ValueOffer {
  const value = new Date(now + days * day).toISOString().slice(0, 10);
  return { value, detail: `in ${days} days`, kind: CompletionItemKind.Unit };
}

/** ISO durations take whole numbers only. */
function whole(
  number: string,
  forms: readonly (readonly [before: string, after: string, unit: string])[],
): readonly Described[] {
  if (!/^\d+$/.test(number)) return [];
  return forms.map(([before, after, unit]) => [`${before}${number}${after}`, count(number, unit)]);
}

function count(number: string, unit: string): string {
  return number === '1' ? `1 ${unit}` : `${number} ${unit}s`;
}
