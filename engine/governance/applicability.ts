import type { Applicability } from '../../schemas/generated/files.ts';
import type { Subject } from './subject.ts';

type Condition = Applicability['all'][number];
type Fact = string | number | boolean;

/** Whether a control counts for a version. `unknown` names the facts that would decide it. */
export type Applies =
  | { readonly state: 'yes' }
  | { readonly state: 'no'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

/**
 * Three-valued: one condition that does not hold is enough for no, whatever else is unknown; a fact that is not known (or of a type
 * that cannot be compared) otherwise leaves it unknown.
 */
export function judgeApplicability(rules: readonly Applicability[], subject: Subject): Applies {
  const unknown: string[] = [];
  for (const condition of rules.flatMap(({ all }) => all)) {
    const fact = findFact(condition.field, subject);
    const holds = fact === undefined ? undefined : judge(condition, fact);
    if (holds === false)
      return { state: 'no', reason: `Applies only where ${describe(condition)}; it is ${String(fact)}.` };
    if (holds === undefined) unknown.push(wordUnknown(condition, fact));
  }
  if (unknown.length === 0) return { state: 'yes' };
  return { state: 'unknown', reason: `Whether this applies is not known: ${[...new Set(unknown)].join('; ')}.` };
}

/** Registered facts first; anything else is a property of the version, then of the model. */
function findFact(field: string, { model, version }: Subject): Fact | undefined {
  const name = field.slice('model.'.length);
  const registered: Readonly<Record<string, string | undefined>> = {
    name: model.name,
    license: model.license,
    provider: model.provider,
  };
  const known = Object.hasOwn(registered, name)
    ? registered[name]
    : (own(version.customProperties, name) ?? own(model.customProperties, name));
  return known === '' ? undefined : known;
}

function own(properties: Readonly<Record<string, Fact>>, name: string): Fact | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** Absent where the fact cannot be compared, such as a text with a number. */
function judge({ equals, in: among, atLeast, atMost }: Condition, fact: Fact): boolean | undefined {
  const results: (boolean | undefined)[] = [];
  if (equals !== undefined) results.push(isEqual(fact, equals));
  if (among !== undefined) results.push(among.some(value => isEqual(fact, value)));
  const number = numberOf(fact);
  if (atLeast !== undefined) results.push(number === undefined ? undefined : number >= atLeast);
  if (atMost !== undefined) results.push(number === undefined ? undefined : number <= atMost);
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

/** Properties given on a command line are texts: `3` there is the number 3. */
function isEqual(fact: Fact, wanted: Fact): boolean {
  if (fact === wanted) return true;
  if (typeof wanted === 'number') return numberOf(fact) === wanted;
  return typeof wanted === 'boolean' && fact === String(wanted);
}

function numberOf(fact: Fact): number | undefined {
  if (typeof fact === 'number') return fact;
  return typeof fact === 'string' && /^-?\d+(\.\d+)?$/.test(fact) ? Number(fact) : undefined;
}

function describe({ field, equals, in: among, atLeast, atMost }: Condition): string {
  const parts: string[] = [];
  if (equals !== undefined) parts.push(`is ${String(equals)}`);
  if (among !== undefined) parts.push(`is one of ${among.join(', ')}`);
  if (atLeast !== undefined) parts.push(`is at least ${String(atLeast)}`);
  if (atMost !== undefined) parts.push(`is at most ${String(atMost)}`);
  return `${field} ${parts.join(' and ')}`;
}

function wordUnknown({ field }: Condition, fact: Fact | undefined): string {
  return fact === undefined ? `${field} is not set` : `${field} is "${String(fact)}", which is no number`;
}
