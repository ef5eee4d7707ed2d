import type { Check } from '../../schemas/generated/files.ts';
import type { FrameworkLibrary } from '../frameworks/library.ts';
import { declareFrameworks, readMappings, type DeclaredFrameworks } from './framework-rules.ts';
import { meetControls, stateControl, tightenControl, type StatedControl } from './inherited.ts';
import { loadPolicies, reportInto, type PolicyNode } from './loading.ts';
import { describePlace, type ReportBreach, type Statement } from './places.ts';
import type { PolicyFinder, PolicyFinding, PolicySource } from './policy-set.ts';
import { stateScoring, type StatedScoring } from './scoring-rules.ts';

/** What a policy and all it extends come to. */
export interface StatedPolicy {
  readonly controls: ReadonlyMap<string, StatedControl>;
  readonly frameworks: DeclaredFrameworks;
  readonly scoring: StatedScoring;
}

export interface CombinedPolicies<D extends PolicySource> {
  /** Widest level first, what is extended before what extends it. */
  readonly nodes: readonly PolicyNode<D>[];
  readonly stated: ReadonlyMap<PolicyNode<D>, StatedPolicy>;
  /** All controls of all documents asked for. */
  readonly controls: ReadonlyMap<string, StatedControl>;
  /** What the mappings were read by. */
  readonly library: FrameworkLibrary;
  readonly findings: readonly PolicyFinding[];
}

/** Puts policies and all they extend together and finds what they may not say. */
export async function combinePolicies<D extends PolicySource>(
  documents: readonly D[],
  finder: PolicyFinder<D>,
  signal: AbortSignal,
): Promise<CombinedPolicies<D>> {
  const { roots, nodes, findings: loading } = await loadPolicies(documents, finder, signal);
  const findings = [...loading];
  const library = await finder.frameworks(signal);
  const stated = new Map<PolicyNode<D>, StatedPolicy>();
  const order = orderByNeed(nodes);
  for (const node of order) {
    const parents = node.parents.map(parent => ({ index: parent.index, policy: stated.get(parent.node) }));
    stated.set(node, statePolicy(node, parents, library, reportInto(findings, node.document)));
  }
  const controls = new Map<string, StatedControl>();
  for (const root of roots)
    joinControls(controls, stated.get(root)?.controls, ['id'], reportInto(findings, root.document));
  return { nodes, stated, controls, library, findings };
}

/** Parents first, also where levels are in disorder. */
function orderByNeed<D extends PolicySource>(nodes: readonly PolicyNode<D>[]): readonly PolicyNode<D>[] {
  const ordered = new Set<PolicyNode<D>>();
  const visit = (node: PolicyNode<D>): void => {
    if (ordered.has(node)) return;
    for (const parent of node.parents) visit(parent.node);
    ordered.add(node);
  };
  nodes.forEach(visit);
  return [...ordered];
}

interface StatedParent {
  readonly index: number;
  readonly policy: StatedPolicy | undefined;
}

function statePolicy(
  { document, isWhole }: PolicyNode,
  parents: readonly StatedParent[],
  library: FrameworkLibrary,
  report: ReportBreach,
): StatedPolicy {
  const inherited = parents.flatMap(parent => parent.policy ?? []);
  const frameworks = declareFrameworks(
    document.policy,
    inherited.map(parent => parent.frameworks),
    library,
    report,
  );
  const controls = new Map<string, StatedControl>();
  for (const { index, policy } of parents) joinControls(controls, policy?.controls, ['extends', index, 'id'], report);
  stateControls(document, controls, { declared: frameworks, library }, isWhole ? report : withoutGuesses(report));
  return {
    controls,
    frameworks,
    scoring: stateScoring(
      document,
      inherited.map(parent => parent.scoring),
      report,
    ),
  };
}

/** Leaves out what may only seem to be missing because a policy that is extended was not found. */
function withoutGuesses(report: ReportBreach): ReportBreach {
  return (code, path, message, extra) => {
    if (code !== 'incomplete-control' && code !== 'unknown-framework') report(code, path, message, extra);
  };
}

/** Adds what another policy brings. A control both have from one source must satisfy both; two that only share an id clash. */
function joinControls(
  controls: Map<string, StatedControl>,
  added: ReadonlyMap<string, StatedControl> | undefined,
  at: Statement['path'],
  report: ReportBreach,
): void {
  for (const [id, other] of added ?? []) {
    const known = controls.get(id);
    if (known === undefined) {
      controls.set(id, other);
      continue;
    }
    if (!isSameStatement(known.origin, other.origin)) {
      const message = `The control \`${id}\` is asked for by ${describePlace(known.origin)} and, as another one, by ${describePlace(other.origin)}. Ids of controls are unique; rename one.`;
      const related = [known.origin, other.origin].map(origin => ({ ...origin, message: `One control \`${id}\`.` }));
      report('duplicate-id', at, message, { related });
      continue;
    }
    const met = meetControls(known, other);
    if ('conflict' in met) {
      const message = `The check \`${met.conflict}\` of \`${id}\` is made stricter in two ways that cannot both hold, by ${[...new Set([...known.tightenedBy, ...other.tightenedBy])].map(name => `\`${name}\``).join(' and ')}.`;
      const related = [known, other].flatMap(({ checks }) => {
        const check = checks.get(met.conflict);
        return check === undefined ? [] : [{ ...check.stated, message: `\`${met.conflict}\` is made stricter here.` }];
      });
      report('conflicting-rules', at, message, { related });
    } else controls.set(id, met);
  }
}

function isSameStatement(first: Statement, second: Statement): boolean {
  return first.document.path === second.document.path && first.document.policy.id === second.document.policy.id;
}

/** A policy's own controls over the inherited ones. */
function stateControls(
  document: PolicySource,
  controls: Map<string, StatedControl>,
  { declared, library }: { readonly declared: DeclaredFrameworks; readonly library: FrameworkLibrary },
  report: ReportBreach,
): void {
  const inherited = new Map(controls);
  const owners = new Map<string, { readonly control: string; readonly stated: Statement }>();
  for (const [control, { checks }] of inherited)
    for (const [id, { stated }] of checks) owners.set(id, { control, stated });
  const own = new Map<string, number>();
  (document.policy.controls ?? []).forEach((control, index) => {
    const path = ['controls', index];
    const stated = { document, path };
    const mappings = readMappings(control.mappings ?? [], declared, library, [...path, 'mappings'], report);
    const first = own.get(control.id);
    if (first !== undefined) {
      report(
        'duplicate-id',
        [...path, 'id'],
        `\`${control.id}\` stands in this policy already; put both into one control.`,
        { related: [{ document, path: ['controls', first], message: `The first \`${control.id}\`.` }] },
      );
      return;
    }
    own.set(control.id, index);
    const areChecksUnique = checkIds(control.id, control.checks ?? [], stated, owners, report);
    const known = inherited.get(control.id);
    const result =
      known === undefined
        ? stateControl(control, stated, mappings, report)
        : tightenControl(known, control, stated, mappings, report);
    if (result === undefined || !areChecksUnique) return;
    for (const { check } of result.checks.values()) checkSlice(check, control.checks ?? [], path, report);
    controls.set(control.id, result);
  });
}

/** A check's id is unique over all controls, and is repeated only to make that very check stricter. */
function checkIds(
  control: string,
  checks: readonly Check[],
  stated: Statement,
  owners: Map<string, { readonly control: string; readonly stated: Statement }>,
  report: ReportBreach,
): boolean {
  let areUnique = true;
  checks.forEach(({ id }, index) => {
    const owner = owners.get(id);
    const here = { document: stated.document, path: [...stated.path, 'checks', index] };
    const isTightened = owner?.control === control && owner.stated.document !== stated.document;
    if (owner !== undefined && !isTightened) {
      const where = owner.stated.document === stated.document ? 'in this policy' : `in ${describePlace(owner.stated)}`;
      const message = `A check \`${id}\` stands ${where} already, under the control \`${owner.control}\`. Ids of checks are unique.`;
      report('duplicate-id', [...here.path, 'id'], message, {
        related: [{ ...owner.stated, message: `The first \`${id}\`.` }],
      });
      areUnique = false;
      return;
    }
    owners.set(id, { control, stated: here });
  });
  return areUnique;
}

/** `worst` and `max-gap` compare slices; the overall figure has none. */
function checkSlice(check: Check, own: readonly Check[], path: Statement['path'], report: ReportBreach): void {
  const index = own.findIndex(({ id }) => id === check.id);
  if (check.type !== 'metric' || index < 0) return;
  const at = [...path, 'checks', index];
  const { statistic = 'overall', slice } = check;
  if (statistic !== 'overall' && slice === undefined) {
    report(
      'incomplete-check',
      [...at, 'statistic'],
      `\`${statistic}\` compares slices: name the column with \`slice\`.`,
    );
  } else if (statistic === 'overall' && slice !== undefined) {
    const message =
      '`slice` needs `statistic: worst` (the weakest value) or `statistic: max-gap` (the largest difference).';
    report('incomplete-check', [...at, 'slice'], message);
  }
}
