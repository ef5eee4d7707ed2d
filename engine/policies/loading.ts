import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import { closestName } from '../base/suggest.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { rankOfLevel } from './ranks.ts';
import { describePolicy, locateRelated, type RelatedStatement, type ReportBreach } from './places.ts';
import type { PolicyFinder, PolicyFinding, PolicySource } from './policy-set.ts';

/** A policy with those it extends. */
export interface PolicyNode<D extends PolicySource = PolicySource> {
  readonly document: D;
  /** By their place in `extends`; those that cannot be used are left out. */
  readonly parents: readonly { readonly node: PolicyNode<D>; readonly index: number }[];
  /** Whether everything it extends was found: what seems to be missing otherwise may stand there. */
  readonly isWhole: boolean;
}

export interface PolicyGraph<D extends PolicySource> {
  /** The documents asked for, each once. */
  readonly roots: readonly PolicyNode<D>[];
  /** Everything they lead to, widest level first, what is extended before what extends it. */
  readonly nodes: readonly PolicyNode<D>[];
  readonly findings: readonly PolicyFinding[];
}

/** Two cells of a notebook share its path. */
function keyOf(document: PolicySource): string {
  return `${document.path}\n${document.policy.id}`;
}

/** Makes findings of one policy. */
export function reportInto(findings: PolicyFinding[], document: PolicySource): ReportBreach {
  return (code, path, message, { part, replacement, related = [] } = {}) => {
    const places = locateRelated(related, document);
    findings.push({
      policy: document,
      document: document.path,
      path,
      code,
      message,
      ...(part !== undefined && { part }),
      ...(replacement !== undefined && { replacement }),
      ...(places !== undefined && { related: places }),
    });
  };
}

/** Follows `extends` from every document. Rejects only with the signal's reason and what the finder rejects with. */
export async function loadPolicies<D extends PolicySource>(
  documents: readonly D[],
  finder: PolicyFinder<D>,
  signal: AbortSignal,
): Promise<PolicyGraph<D>> {
  const findings: PolicyFinding[] = [];
  const done = new Map<string, PolicyNode<D>>();
  const given = new Map(documents.map(document => [keyOf(document), document]));

  async function load(document: D, trail: readonly { document: D; index: number }[]): Promise<PolicyNode<D>> {
    const known = done.get(keyOf(document));
    if (known !== undefined) return known;
    const parents: { node: PolicyNode<D>; index: number }[] = [];
    const seen = new Set<string>();
    for (const [index, { id, version }] of (document.policy.extends ?? []).entries()) {
      const report = reportInto(findings, document);
      const at = ['extends', index];
      if (seen.has(id)) {
        report('duplicate-item', [...at, 'id'], `\`${id}\` is extended already.`);
        continue;
      }
      seen.add(id);
      const parent = await findParent(document, index, id, version, report);
      if (parent === undefined) continue;
      const here = [...trail, { document, index }];
      const start = here.findIndex(step => keyOf(step.document) === keyOf(parent));
      if (start >= 0) {
        reportCycle(here.slice(start), findings);
        continue;
      }
      parents.push({ node: await load(parent, here), index });
    }
    const isWhole = parents.length === seen.size && parents.every(parent => parent.node.isWhole);
    const node = { document, parents, isWhole };
    done.set(keyOf(document), node);
    return node;
  }

  async function findParent(
    child: D,
    index: number,
    id: string,
    range: string,
    report: ReportBreach,
  ): Promise<D | undefined> {
    const at = ['extends', index];
    if (id === child.policy.id) {
      report('policy-cycle', [...at, 'id'], `\`${id}\` cannot extend itself.`);
      return undefined;
    }
    const inWorkspace = await finder.find(id, signal);
    signal.throwIfAborted();
    const candidates = new Map(
      [...inWorkspace, ...given.values()].map(document => [document.path + document.policy.id, document]),
    );
    const found = [...candidates.values()].filter(({ policy }) => policy.id === id);
    const [parent] = found;
    if (parent === undefined) {
      await reportUnknown(child, id, [...at, 'id'], report);
      return undefined;
    }
    if (found.length > 1) {
      reportNamesakes(found, [...at, 'id'], child, report);
      return undefined;
    }
    checkVersion(parent, range, [...at, 'version'], report);
    checkLevel(child, parent, [...at, 'id'], report);
    return parent;
  }

  async function reportUnknown(child: D, id: string, at: DocumentPath, report: ReportBreach): Promise<void> {
    const listed = await finder.list(signal);
    signal.throwIfAborted();
    const broken = listed.find(listing => listing.id === id && listing.isBroken);
    if (broken !== undefined) {
      report('policy-broken', at, `\`${id}\` (${broken.file}) has errors; open it to see them.`);
      return;
    }
    const names = [
      ...new Set([...listed.map(listing => listing.id), ...[...given.values()].map(({ policy }) => policy.id)]),
    ].filter(name => name !== child.policy.id);
    const suggestion = closestName(id, names);
    const ask = suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
    const known =
      names.length === 0
        ? 'It has no other policy.'
        : `Its policies: ${names
            .slice(0, 12)
            .map(name => `\`${name}\``)
            .join(', ')}.`;
    report('unknown-policy', at, `No policy of this workspace is called \`${id}\`.${ask} ${known}`, {
      replacement: suggestion,
    });
  }

  const roots: PolicyNode<D>[] = [];
  for (const document of given.values()) {
    const namesake = roots.find(root => root.document.policy.id === document.policy.id);
    if (namesake === undefined) roots.push(await load(document, []));
    else reportNamesakes([namesake.document, document], ['id'], document, reportInto(findings, document));
  }
  const nodes = [...done.values()].sort(
    (a, b) => rankOfLevel(a.document.policy.level) - rankOfLevel(b.document.policy.level),
  );
  return { roots, nodes, findings };
}

function reportNamesakes(
  found: readonly PolicySource[],
  at: DocumentPath,
  document: PolicySource,
  report: ReportBreach,
): void {
  const id = found[0]?.policy.id ?? '';
  const files = found.map(({ file }) => file).join(', ');
  const message = `${found.length} policies are called \`${id}\`: ${files}. Ids are unique in a workspace; rename all but one.`;
  const related = found
    .filter(other => other !== document)
    .map((other): RelatedStatement => ({ document: other, path: ['id'], message: `\`${id}\` is the id of this one.` }));
  report('ambiguous-policy', at, message, { related });
}

function reportCycle(
  steps: readonly { readonly document: PolicySource; readonly index: number }[],
  findings: PolicyFinding[],
): void {
  const [first] = steps;
  if (first === undefined) return;
  const names = [...steps.map(({ document }) => document.policy.id), first.document.policy.id];
  const message = `Policies cannot extend one another in a circle: ${names.map(name => `\`${name}\``).join(' → ')}.`;
  const related = steps.slice(1).map(({ document, index }): RelatedStatement => ({
    document,
    path: ['extends', index],
    message: `\`${document.policy.id}\` goes on here.`,
  }));
  reportInto(findings, first.document)('policy-cycle', ['extends', first.index, 'id'], message, { related });
}

function checkVersion(parent: PolicySource, range: string, at: DocumentPath, report: ReportBreach): void {
  if (validRange(range) === null) {
    report(
      'bad-format',
      at,
      `\`${range}\` is no range of semantic versions. Write one such as \`^1.0.0\`, \`~1.2\`, \`1.x\` or \`>=1.0.0 <2.0.0\`.`,
    );
    return;
  }
  const { version } = parent.policy;
  if (satisfies(version, range)) return;
  report(
    'version-mismatch',
    at,
    `${describePolicy(parent)} has version ${version}, which is not in \`${range}\`. Read what changed in it, then widen the range.`,
    {
      replacement: `^${version}`,
      related: [{ document: parent, path: ['version'], message: 'Its version.' }],
    },
  );
}

function checkLevel(child: PolicySource, parent: PolicySource, at: DocumentPath, report: ReportBreach): void {
  if (rankOfLevel(child.policy.level) >= rankOfLevel(parent.policy.level)) return;
  report(
    'wider-level',
    at,
    `A ${child.policy.level} policy cannot extend ${describePolicy(parent)}, which is a ${parent.policy.level} policy: levels go from country over industry and corporate to team.`,
    { related: [{ document: parent, path: ['level'], message: `\`${parent.policy.id}\` says its level here.` }] },
  );
}
