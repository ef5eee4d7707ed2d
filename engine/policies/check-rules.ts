import type {
  Assertion,
  AttestationCheck,
  Check,
  DocumentCheck,
  LineageCheck,
  MetricCheck,
  ModelCardCheck,
  ScanCheck,
} from '../../schemas/generated/files.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { isNoLonger } from './durations.ts';

/** One field by which a check would be less strict than the one it restates. */
export interface Loosening {
  /** Seen from the check. */
  readonly path: DocumentPath;
  readonly actual: string;
  readonly wanted: string;
  /** Text that restores the inherited rule. */
  readonly replacement?: string;
}

/** How long an attestation counts where the policy does not say: the schema's own default. */
export const defaultValidity = 'P1Y';

/**
 * The check that counts when a child policy restates an inherited one: what the child leaves out stays as it was. Call it only
 * when `findLoosenings` finds none.
 */
export function tightenCheck(inherited: Check, child: Check): Check {
  if (inherited.type === 'metric' && child.type === 'metric')
    return { ...inherited, ...child, assert: { ...inherited.assert, ...child.assert } };
  if (inherited.type === 'scan' && child.type === 'scan')
    return { ...inherited, ...child, assert: { ...inherited.assert, ...child.assert } };
  return { ...inherited, ...child };
}

/** Every way in which `child` asks for less than `inherited`, or for something else under its id. */
export function findLoosenings(inherited: Check, child: Check): readonly Loosening[] {
  if (inherited.type !== child.type) return [mustStay(['type'], child.type, inherited.type)];
  const own = findLooseningsOfType(inherited, child);
  return [...own, ...findLonger('freshness', inherited.freshness, child.freshness)];
}

function findLooseningsOfType(inherited: Check, child: Check): readonly Loosening[] {
  switch (inherited.type) {
    case 'metric':
      return findInMetric(inherited, child as MetricCheck);
    case 'model-card':
      return findInCard(inherited, child as ModelCardCheck);
    case 'lineage':
      return findInLineage(inherited, child as LineageCheck);
    case 'attestation':
      return findInAttestation(inherited, child as AttestationCheck);
    case 'scan':
      return findInScan(inherited, child as ScanCheck);
    case 'document':
      return findInDocument(inherited, child as DocumentCheck);
  }
}

function findInMetric(inherited: MetricCheck, child: MetricCheck): readonly Loosening[] {
  const found = [
    ...findChanged('benchmark', inherited.benchmark, child.benchmark),
    ...findChanged('metric', inherited.metric, child.metric),
    ...findChanged('statistic', inherited.statistic ?? 'overall', child.statistic),
    ...(inherited.slice === undefined && child.slice !== undefined
      ? [mustStay(['slice'], child.slice, undefined)]
      : findChanged('slice', inherited.slice, child.slice)),
    ...findChanged('dataset', inherited.dataset, child.dataset),
  ];
  return [...found, ...findInBar(inherited.assert, child.assert)];
}

function findInBar(bar: Assertion, own: Assertion): readonly Loosening[] {
  if (own.op !== bar.op) return [mustStay(['assert', 'op'], own.op, bar.op)];
  const found: Loosening[] = [];
  const isLower = own.op.startsWith('>') ? own.value < bar.value : own.value > bar.value;
  if (isLower) {
    const wanted = `${own.op.startsWith('>') ? 'at least' : 'at most'} \`${bar.value}\``;
    const path = ['assert', 'value'];
    found.push({ path, actual: `\`${own.value}\``, wanted, replacement: String(bar.value) });
  }
  if (own.bound === 'point' && (bar.bound ?? 'interval') === 'interval')
    found.push(mustStay(['assert', 'bound'], 'point', 'interval'));
  if (own.minSamples !== undefined && bar.minSamples !== undefined && own.minSamples < bar.minSamples) {
    const wanted = `at least \`${bar.minSamples}\``;
    const path = ['assert', 'minSamples'];
    found.push({ path, actual: `\`${own.minSamples}\``, wanted, replacement: String(bar.minSamples) });
  }
  return found;
}

function findInCard(inherited: ModelCardCheck, child: ModelCardCheck): readonly Loosening[] {
  return [
    ...findChanged('path', inherited.path, child.path),
    ...findChanged('pattern', inherited.pattern, child.pattern),
  ];
}

function findInLineage(inherited: LineageCheck, child: LineageCheck): readonly Loosening[] {
  const dropped = inherited.require.filter(item => !child.require.includes(item));
  if (dropped.length === 0) return [];
  const names = dropped.map(item => `\`${item}\``).join(', ');
  return [{ path: ['require'], actual: `without ${names}`, wanted: `${names} as well` }];
}

/** Another part of a report is another check. */
function findInScan(inherited: ScanCheck, child: ScanCheck): readonly Loosening[] {
  const [known, own] = [inherited.select ?? {}, child.select];
  const fields =
    own === undefined ? [] : ([...new Set([...Object.keys(known), ...Object.keys(own)])] as (keyof typeof own)[]);
  return [
    ...findChanged('source', inherited.source, child.source),
    ...fields.flatMap(field => {
      const [before, after] = [known[field], own?.[field]];
      if (before === after) return [];
      return after === undefined
        ? [{ path: ['select'], actual: `without \`${field}\``, wanted: `\`${field}: ${before ?? ''}\`` }]
        : [mustStay(['select', field], after, before)];
    }),
    ...findInBar(inherited.assert, child.assert),
  ];
}

/** Fewer documents may answer, never others; which ones are fewer is not told from patterns. */
function findInDocument(inherited: DocumentCheck, child: DocumentCheck): readonly Loosening[] {
  const known = inherited.documents;
  const widened =
    known === undefined || child.documents === undefined || child.documents.every(name => known.includes(name))
      ? []
      : [
          {
            path: ['documents'],
            actual: 'other documents',
            wanted: `some of ${known.map(name => `\`${name}\``).join(', ')}`,
          },
        ];
  return [
    ...findChanged('question', inherited.question, child.question),
    ...widened,
    ...findChanged('role', inherited.role, child.role),
  ];
}

function findInAttestation(inherited: AttestationCheck, child: AttestationCheck): readonly Loosening[] {
  return [
    ...findChanged('role', inherited.role, child.role),
    ...findChanged('statement', inherited.statement, child.statement),
    ...findLonger('validity', inherited.validity ?? defaultValidity, child.validity),
  ];
}

/** A field that is left out stays as inherited. */
function findChanged(field: string, inherited: string | undefined, child: string | undefined): readonly Loosening[] {
  if (child === undefined || inherited === undefined || child === inherited) return [];
  return [mustStay([field], child, inherited)];
}

function findLonger(field: string, inherited: string | undefined, child: string | undefined): readonly Loosening[] {
  if (child === undefined || inherited === undefined || isNoLonger(child, inherited)) return [];
  return [{ path: [field], actual: `\`${child}\``, wanted: `at most \`${inherited}\``, replacement: inherited }];
}

function mustStay(path: DocumentPath, actual: string, wanted: string | undefined): Loosening {
  if (wanted === undefined) return { path, actual: `\`${shorten(actual)}\``, wanted: `no \`${String(path.at(-1))}\`` };
  const isWord = /^[A-Za-z][A-Za-z0-9._-]*$/.test(wanted);
  return {
    path,
    actual: `\`${shorten(actual)}\``,
    wanted: `\`${shorten(wanted)}\``,
    ...(isWord && { replacement: wanted }),
  };
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

/**
 * Two policies side by side have each made the same inherited check stricter; both count. Absent where no one check says both,
 * such as two patterns for one heading.
 */
export function meetChecks(first: Check, second: Check): Check | undefined {
  if (findLoosenings(first, second).length === 0) return tightenCheck(first, second);
  if (findLoosenings(second, first).length === 0) return tightenCheck(second, first);
  if (first.type !== second.type) return undefined;
  const merged = mergeFields(first, second);
  const isBoth = findLoosenings(first, merged).length === 0 && findLoosenings(second, merged).length === 0;
  return isBoth ? merged : undefined;
}

/** Field by field the stricter of two; what cannot be both is the caller's to notice. */
function mergeFields(first: Check, second: Check): Check {
  const shorter = <K extends 'freshness' | 'validity'>(
    field: K,
    a?: string,
    b?: string,
  ): Partial<Record<K, string>> => {
    if (a === undefined || b === undefined)
      return (a ?? b) === undefined ? {} : ({ [field]: a ?? b } as Record<K, string>);
    return { [field]: isNoLonger(a, b) ? a : b } as Record<K, string>;
  };
  const freshness = shorter('freshness', first.freshness, second.freshness);
  if (first.type === 'metric' && second.type === 'metric') {
    return { ...first, ...second, ...freshness, assert: meetBars(first.assert, second.assert) };
  }
  if (first.type === 'scan' && second.type === 'scan')
    return { ...first, ...second, ...freshness, assert: meetBars(first.assert, second.assert) };
  if (first.type === 'document' && second.type === 'document') {
    const [a, b] = [first.documents, second.documents];
    const both = a === undefined || b === undefined ? (a ?? b) : a.filter(name => b.includes(name));
    return { ...first, ...second, ...freshness, ...(both === undefined ? {} : { documents: both }) };
  }
  if (first.type === 'lineage' && second.type === 'lineage')
    return { ...first, ...second, ...freshness, require: [...new Set([...first.require, ...second.require])] };
  if (first.type === 'attestation' && second.type === 'attestation')
    return { ...first, ...second, ...freshness, ...shorter('validity', first.validity, second.validity) };
  return { ...first, ...second, ...freshness };
}

function meetBars(a: Assertion, b: Assertion): Assertion {
  const minSamples = Math.max(a.minSamples ?? 0, b.minSamples ?? 0);
  return {
    op: a.op,
    value: a.op.startsWith('>') ? Math.max(a.value, b.value) : Math.min(a.value, b.value),
    bound: a.bound === 'point' && b.bound === 'point' ? 'point' : 'interval',
    ...(minSamples > 0 && { minSamples }),
  };
}
