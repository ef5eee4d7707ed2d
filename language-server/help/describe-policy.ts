import type { Benchmark } from '../../schemas/generated/files.ts';
import { slicesOf } from '../../engine/datasets/perturb/names.ts';
import { figuresOf } from '../../engine/documents/figure-checks.ts';
import { listFrameworks, type Framework, type FrameworkEntry } from '../../engine/frameworks/frameworks.ts';
import type { StatedControl } from '../../engine/policies/inherited.ts';
import type { PolicySource } from '../../engine/policies/policy-set.ts';
import { code, plain } from '../markdown.ts';

/** A framework's help: whose it is, its versions, and where its ids come from. */
export function describeFramework(id: string): string | undefined {
  const all = listFrameworks().filter(framework => framework.id === id);
  const newest = all.at(-1);
  if (newest === undefined) return undefined;
  const versions = `Versions: ${all.map(({ version }) => code(version)).join(', ')}`;
  const link = addressOf(newest);
  const more = link === undefined ? '' : `\n\n[${plain(newest.title)}](${link})`;
  return `**${plain(newest.title)}**, ${plain(newest.publisher)}\n\n${versions}\n\n${plain(newest.note)}${more}`;
}

/** Where a framework is published; absent where no address is fixed. */
const addresses: Readonly<Record<string, string>> = {
  'eu-ai-act': 'https://eur-lex.europa.eu/eli/reg/2024/1689/oj',
  'mitre-atlas': 'https://atlas.mitre.org/matrices/ATLAS',
  'nist-ai-600-1': 'https://doi.org/10.6028/NIST.AI.600-1',
  'nist-ai-rmf': 'https://doi.org/10.6028/NIST.AI.100-1',
  'owasp-llm-top10': 'https://genai.owasp.org/llm-top-10/',
};

/** Address of a framework, or of one thing it names where that has a page of its own. */
function addressOf({ id }: Pick<Framework, 'id'>, entry?: FrameworkEntry): string | undefined {
  const page = id === 'mitre-atlas' ? /^AML\.(TA|T|M)\d{4}(?:\.\d{3})?$/.exec(entry?.id ?? '') : null;
  if (page === null) return addresses[id];
  const folder = page[1] === 'TA' ? 'tactics' : page[1] === 'T' ? 'techniques' : 'mitigations';
  return `https://atlas.mitre.org/${folder}/${page[0]}`;
}

/** What a framework's id names. */
export function describeEntry(framework: Framework, entry: FrameworkEntry): string {
  const facts = [`${plain(framework.title)} ${framework.version}`];
  if (entry.group !== undefined) facts.push(plain(groupOf(framework, entry.group)));
  if (entry.related !== undefined) {
    const related = entry.related.slice(0, 12).map(id => {
      const name = framework.byId.get(id)?.name;
      return name === undefined ? code(id) : `${code(id)} ${plain(name)}`;
    });
    facts.push(`${plain(framework.relatedTitle ?? 'Related')}: ${related.join(', ')}`);
  }
  const link = addressOf(framework, entry);
  if (link !== undefined) facts.push(`[${link.replace('https://', '')}](${link})`);
  return `**${plain(entry.id)}** ${plain(entry.name)}\n\n${facts.join('  \n')}`;
}

/** A category with its own name, where the group is the id of another entry. */
function groupOf(framework: Framework, group: string): string {
  const parent = framework.byId.get(group);
  if (parent !== undefined) return `Part of ${parent.id}, ${parent.name}`;
  return framework.id === 'mitre-atlas' && group !== 'Tactic' && group !== 'Mitigation' ? `Tactic: ${group}` : group;
}

/** A policy's help. */
export function describePolicySource({ policy, file }: PolicySource): string {
  const title = policy.title === undefined ? '' : `\n\n${plain(policy.title)}`;
  const count = policy.controls?.length ?? 0;
  const controls = count === 1 ? 'one control' : `${count} controls`;
  return `**${plain(policy.id)}** ${policy.version} (${policy.level} policy, ${controls})${title}\n\n${code(file)}`;
}

/** Where an inherited control comes from and what it asks. */
export function describeInherited({ control, origin, tightenedBy }: StatedControl): string {
  const line = origin.document.parsed.locate(origin.path, 'key').start.line + 1;
  const { policy, file } = origin.document;
  const facts = [
    `Inherited from ${code(policy.id)} ${policy.version}, ${code(`${file}:${line}`)}`,
    ...(tightenedBy.length === 0 ? [] : [`Made stricter by ${tightenedBy.map(code).join(', ')}`]),
    `Severity: ${code(control.severity)}`,
    `Checks: ${control.checks.map(({ id }) => code(id)).join(', ')}`,
  ];
  const description = control.description === undefined ? '' : `\n\n${plain(control.description)}`;
  return `**${plain(control.id)}** ${plain(control.title)}${description}\n\n${facts.join('  \n')}`;
}

/** A control that the policy states itself. */
export function describeOwn({
  id,
  title,
  checks,
}: {
  readonly id: string;
  readonly title: string | undefined;
  readonly checks: readonly string[];
}): string {
  const words = title === undefined ? '' : ` ${plain(title)}`;
  return `**${plain(id)}**${words}\n\nA control of this policy  \nChecks: ${checks.map(code).join(', ')}`;
}

/** What a benchmark file measures. */
export function describeBenchmark(benchmark: Benchmark, file: string): string {
  const { name, description } = benchmark;
  const slices = slicesOf(benchmark);
  const facts = [
    `Figures: ${figuresOf(benchmark).map(code).join(', ')}`,
    ...(slices.length === 0 ? [] : [`Slices: ${slices.map(code).join(', ')}`]),
    code(file),
  ];
  return `**${plain(name)}** (benchmark)${description === undefined ? '' : `\n\n${plain(description)}`}\n\n${facts.join('  \n')}`;
}
