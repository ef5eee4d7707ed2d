import { isScalar, type Scalar } from 'yaml';
import type {
  FrameworkChange,
  FrameworkComparison,
  FrameworkUpgrade,
  OpenMapping,
  PolicyUpgrade,
  UpgradeEdit,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import type { DocumentLibrary } from '../documents/library.ts';
import { indexLines } from '../documents/lines.ts';
import { applyChanges, type TextChange } from '../edits/change.ts';
import { pairAt } from '../edits/places.ts';
import { writeFlow } from '../edits/write-value.ts';
import type { PolicySource } from './policy-set.ts';
import { compareForPolicies, type VersionStep } from './framework-changes.ts';

/** A policy's text before and after an upgrade, with what a person must decide. */
export interface UpgradedPolicy extends PolicyUpgrade {
  readonly text: string;
}

/**
 * The edits that bring policies from one version of a framework to another: the declared version, and ids that something took the place
 * of. Everything else in the files stays as it is, comments too. `files` are seen from the workspace folder; all policies that mean the
 * older version where absent. Throws `usage` for a file that does not mean it.
 */
export async function planUpgrade(
  step: VersionStep,
  files: readonly string[] | undefined,
  documents: DocumentLibrary,
  signal: AbortSignal,
): Promise<Omit<FrameworkUpgrade, 'policies'> & { readonly policies: readonly UpgradedPolicy[] }> {
  const { comparison, policies } = await compareForPolicies(step, documents, signal);
  const chosen = files === undefined ? policies : files.map(file => choose(file, policies, comparison));
  return { comparison, policies: chosen.map(policy => upgradePolicy(policy, comparison)) };
}

function choose(
  file: string,
  policies: readonly PolicySource[],
  { framework, from }: FrameworkComparison,
): PolicySource {
  const found = policies.find(policy => policy.file === file);
  if (found !== undefined) return found;
  throw new WorkbenchError('usage', `${file} has no mappings that mean \`${framework}\` \`${from}\`.`, {
    remedy:
      policies.length === 0
        ? 'No policy here means that version; a file with errors is not looked into.'
        : `These do: ${policies.map(policy => policy.file).join(', ')}.`,
  });
}

function upgradePolicy(source: PolicySource, comparison: FrameworkComparison): UpgradedPolicy {
  const { policy, parsed, path, file } = source;
  const { framework, from, to } = comparison;
  const changes: TextChange[] = [];
  const open: OpenMapping[] = [];
  (policy.frameworks ?? []).forEach(({ id, version }, index) => {
    if (id === framework && version === from) addEdit(source, ['frameworks', index, 'version'], to, changes);
  });
  const next = replacements(comparison.changes);
  (policy.controls ?? []).forEach((control, index) => {
    (control.mappings ?? []).forEach((mapping, place) => {
      const change = mapping.framework === framework ? next.get(mapping.id) : undefined;
      if (change === undefined) return;
      const at = ['controls', index, 'mappings', place, 'id'];
      const why = (words: string): void => {
        const line = parsed.locate(at, 'value').start.line + 1;
        open.push({ line, control: control.id, id: mapping.id, name: change.name, why: words });
      };
      if (change.replacement === undefined) why('It was retired, and nothing is known to have taken its place.');
      else if (!addEdit(source, at, change.replacement.id, changes))
        why(`It is written by an alias. \`${change.replacement.id}\` took its place.`);
    });
  });
  return {
    path,
    file,
    policy: policy.id,
    edits: describeEdits(parsed.text, changes),
    open,
    text: applyChanges(parsed.text, changes),
  };
}

/** Ids that the newer version has under another id, or no more. */
function replacements(changes: readonly FrameworkChange[]): ReadonlyMap<string, FrameworkChange> {
  return new Map(
    changes.flatMap(change =>
      change.change === 'retired' || change.change === 'continued' ? [[change.id, change] as const] : [],
    ),
  );
}

/** Puts a text in a scalar's place, in its own quotes. False for what an alias writes: it stands for other places too. */
function addEdit({ parsed }: PolicySource, at: DocumentPath, text: string, changes: TextChange[]): boolean {
  const node = pairAt(parsed, at)?.pair.value;
  if (!isScalar(node) || !node.range || node.anchor !== undefined) return false;
  changes.push({ start: node.range[0], end: node.range[1], text: quoteAs(node, text) });
  return true;
}

function quoteAs({ type }: Scalar, text: string): string {
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(text);
  return type === 'QUOTE_SINGLE' ? `'${text.replaceAll("'", "''")}'` : writeFlow(text);
}

function describeEdits(text: string, changes: readonly TextChange[]): UpgradeEdit[] {
  const lines = indexLines(text);
  return changes.map(({ start, end, text: after }) => {
    const [first, last] = [lines.positionAt(start), lines.positionAt(end)];
    return {
      line: first.line,
      character: first.character,
      endLine: last.line,
      endCharacter: last.character,
      before: text.slice(start, end),
      after,
    };
  });
}
