import type { DraftedPolicies, DraftPolicies, PolicyTemplate } from '../../schemas/generated/messages.ts';
import { closestName } from '../base/suggest.ts';
import { WorkbenchError } from '../base/errors.ts';
import { createDocumentLibrary, type LibraryDocument } from '../documents/library.ts';
import { createPolicyFinder } from '../policies/library.ts';
import type { PolicySource } from '../policies/policy-set.ts';
import type { Files } from '../ports/files.ts';
import { learnNames, metricChecksOf, replaceNames, type GivenNames } from './names.ts';

/** The starter policies in a folder of templates, as lists show them. */
export async function listStarters(
  files: Files,
  templates: string,
  signal: AbortSignal,
): Promise<readonly PolicyTemplate[]> {
  const starters = await readStarters(files, templates, signal);
  return starters.map(starter => describeStarter(starter, collectNeeded(starter, starters)));
}

/**
 * The text of a starter policy with the team's own names in place of the template's, after those it builds on as far as the workspace
 * has no policy of their ids. What the workspace's own of them call a benchmark is taken over where no name was given. Throws `usage`
 * for an unknown template or name.
 */
export async function draftStarter(
  { template, benchmarks = {}, metrics = {}, slices = {} }: DraftPolicies,
  files: Files,
  templates: string,
  folder: string,
  signal: AbortSignal,
): Promise<DraftedPolicies> {
  const starters = await readStarters(files, templates, signal);
  const wanted = collectNeeded(findStarter(template, starters), starters);
  const finder = createPolicyFinder(createDocumentLibrary(files, folder));
  const given: GivenNames = { benchmarks, metrics, slices };
  refuseUnknown(given, wanted);
  const missing: PolicySource[] = [];
  let names = given;
  for (const starter of wanted) {
    const [own] = await finder.find(starter.policy.id, signal);
    if (own === undefined || starter.policy.id === template) missing.push(starter);
    else names = learnNames(names, starter.policy, own.policy);
  }
  return {
    files: missing.map(({ policy, file, parsed }) => ({ id: policy.id, file, text: replaceNames(parsed, names) })),
  };
}

async function readStarters(files: Files, templates: string, signal: AbortSignal): Promise<readonly PolicySource[]> {
  const documents = await createDocumentLibrary(files, templates).all('policy', signal);
  const found = documents.flatMap(({ path, file, parsed }: LibraryDocument<'policy'>): PolicySource[] =>
    parsed.value === undefined ? [] : [{ path, file, policy: parsed.value, parsed }],
  );
  if (found.length > 0) return found;
  throw new WorkbenchError('file-not-found', `The starter policies in ${templates} are missing.`, {
    remedy: 'Install the workbench again.',
  });
}

function findStarter(id: string, starters: readonly PolicySource[]): PolicySource {
  const found = starters.find(({ policy }) => policy.id === id);
  if (found !== undefined) return found;
  const ids = starters.map(({ policy }) => policy.id);
  const closest = closestName(id, ids);
  throw new WorkbenchError('usage', `There is no starter policy "${id}".`, {
    remedy: `${closest === undefined ? '' : `Did you mean "${closest}"? `}There are: ${ids.join(', ')}.`,
  });
}

/** What a starter builds on before it, each once. */
function collectNeeded(starter: PolicySource, starters: readonly PolicySource[]): readonly PolicySource[] {
  const needed = (starter.policy.extends ?? []).flatMap(({ id }) => {
    const parent = starters.find(({ policy }) => policy.id === id);
    return parent === undefined ? [] : collectNeeded(parent, starters);
  });
  return [...new Set([...needed, starter])];
}

function refuseUnknown({ benchmarks, metrics, slices }: GivenNames, wanted: readonly PolicySource[]): void {
  const checks = wanted.flatMap(({ policy }) => metricChecksOf(policy));
  const known = [
    ['benchmark', benchmarks, checks.map(({ benchmark }) => benchmark)],
    ['metric', metrics, checks.map(({ metric }) => metric)],
    ['slice', slices, checks.flatMap(({ slice }) => slice ?? [])],
  ] as const;
  for (const [what, names, all] of known) {
    const unknown = Object.keys(names).find(name => !all.includes(name));
    if (unknown === undefined) continue;
    const list = [...new Set(all)];
    throw new WorkbenchError('usage', `The template names no ${what} "${unknown}".`, {
      remedy: list.length === 0 ? `It names none at all.` : `It names: ${list.join(', ')}.`,
    });
  }
}

/** The names to replace are also those of the policies it builds on: all are written together. */
function describeStarter({ policy, file }: PolicySource, needed: readonly PolicySource[]): PolicyTemplate {
  const checks = needed.flatMap(each => metricChecksOf(each.policy));
  const names = [...new Set(checks.map(({ benchmark }) => benchmark))];
  return {
    id: policy.id,
    title: policy.title ?? policy.id,
    level: policy.level,
    description: policy.description ?? '',
    controls: policy.controls?.length ?? 0,
    extends: (policy.extends ?? []).map(({ id }) => id),
    benchmarks: names.map(name => {
      const own = checks.filter(({ benchmark }) => benchmark === name);
      return {
        name,
        metrics: [...new Set(own.map(({ metric }) => metric))],
        slices: [...new Set(own.flatMap(({ slice }) => slice ?? []))],
      };
    }),
    file,
  };
}
