/** A word that ends a number, with what it adds to it: "thirds" is 3 and "s". */
export interface SuffixedNumber {
  readonly value: number;
  readonly suffix: string;
}

const smallNames =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tensNames = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const powerNames =
  'thousand million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion'.split(
    ' ',
  );

export const zeros: ReadonlySet<string> = new Set(['o', 'oh', 'zero']);
/** One to nineteen. */
export const ones: ReadonlyMap<string, number> = new Map(smallNames.map((name, index) => [name, index + 1]));
export const tens: ReadonlyMap<string, number> = new Map(tensNames.map((name, index) => [name, 20 + 10 * index]));
/** Powers of ten: the number of zeros. */
export const multipliers: ReadonlyMap<string, number> = new Map([
  ['hundred', 2],
  ...powerNames.map((name, index) => [name, 3 * index + 3] as const),
]);

const irregularOrdinals: ReadonlyMap<string, SuffixedNumber> = new Map([
  ['zeroth', { value: 0, suffix: 'th' }],
  ['first', { value: 1, suffix: 'st' }],
  ['second', { value: 2, suffix: 'nd' }],
  ['third', { value: 3, suffix: 'rd' }],
  ['fifth', { value: 5, suffix: 'th' }],
  ['twelfth', { value: 12, suffix: 'th' }],
]);

/** Plurals and ordinals of `ones`. */
export const onesSuffixed: ReadonlyMap<string, SuffixedNumber> = new Map<string, SuffixedNumber>([
  ...[...ones].map(([name, value]) => [name === 'six' ? 'sixes' : `${name}s`, { value, suffix: 's' }] as const),
  ...irregularOrdinals,
  ...[...ones]
    .filter(([, value]) => value > 3 && value !== 5 && value !== 12)
    .map(([name, value]) => [name + (name.endsWith('t') ? 'h' : 'th'), { value, suffix: 'th' }] as const),
]);
export const tensSuffixed: ReadonlyMap<string, SuffixedNumber> = new Map<string, SuffixedNumber>(
  [...tens].flatMap(([name, value]) => [
    [name.replace('y', 'ies'), { value, suffix: 's' }] as const,
    [name.replace('y', 'ieth'), { value, suffix: 'th' }] as const,
  ]),
);
/** Here `value` is the number of zeros. */
export const multipliersSuffixed: ReadonlyMap<string, SuffixedNumber> = new Map<string, SuffixedNumber>(
  [...multipliers].flatMap(([name, value]) => [
    [`${name}s`, { value, suffix: 's' }] as const,
    [`${name}th`, { value, suffix: 'th' }] as const,
  ]),
);

/** Signs said before a number. */
export const precedingPrefixes: ReadonlyMap<string, string> = new Map([
  ['minus', '-'],
  ['negative', '-'],
  ['plus', '+'],
  ['positive', '+'],
]);
/** Signs said after a number and written before it. */
export const followingPrefixes: ReadonlyMap<string, string> = new Map([
  ['pound', '£'],
  ['pounds', '£'],
  ['euro', '€'],
  ['euros', '€'],
  ['dollar', '$'],
  ['dollars', '$'],
  ['cent', '¢'],
  ['cents', '¢'],
]);
export const specials: ReadonlySet<string> = new Set(['and', 'double', 'triple', 'point']);

/** Words that can be part of a number. */
export const numberWords: ReadonlySet<string> = new Set([
  ...zeros,
  ...ones.keys(),
  ...onesSuffixed.keys(),
  ...tens.keys(),
  ...tensSuffixed.keys(),
  ...multipliers.keys(),
  ...multipliersSuffixed.keys(),
  ...precedingPrefixes.keys(),
  ...followingPrefixes.keys(),
  'per',
  'percent',
  ...specials,
]);

/** Words that "point" can be followed by. */
export function isDecimalWord(word: string): boolean {
  return ones.has(word) || tens.has(word) || zeros.has(word);
}
