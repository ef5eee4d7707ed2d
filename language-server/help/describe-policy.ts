import type { Benchmark } from '../../schemas/generated/files.ts';
import { slicesOf } from '../../engine/datasets/perturb/names.ts';
import { figuresOf } from '../../engine/diagnostics/figure-checks.ts';
import { describeEntryText } from '../../engine/frameworks/descriptions.ts';
import type { Framework, FrameworkEntry } from '../../engine/frameworks/frameworks.ts';
import type { FrameworkLibrary } from '../../engine/frameworks/library.ts';
import { linksOf } from '../../engine/frameworks/links.ts';
import type { StatedControl } from '../../engine/policies/inherited.ts';
import type { PolicySource } from '../../engine/policies/policy-set.ts';
import { code, plain } from '../markdown.ts';

/** A framework's help: whose it is, its versions, and where its ids come from. */
export function describeFramework(id: string, known: FrameworkLibrary): string | undefined {
  const all = known.list().filter(framework => framework.id === id);
  const newest = all.at(-1);
  if (newest === undefined) return undefined;
  const { title, publisher, note, file, url } = newest;
  return [
    [`**${plain(title)}**`, ...(publisher === '' ? [] : [plain(publisher)])].join(', '),
    `Versions: ${all.map(({ version }) => code(version)).join(', ')}`,
    ...(note === '' ? [] : [plain(note)]),
    ...(file === undefined ? [] : [`Described by ${code(file)}.`]),
    ...(url === undefined ? [] : [`[${plain(title)}](${linkTarget(url)})`]),
  ].join('\n\n');
}

/** Address of a framework, or of one thing it names where that has a page of its own. */
function addressOf({ id, url }: Framework, entry: FrameworkEntry): string | undefined {
  const page = id === 'mitre-atlas' ? /^AML\.(TA|T|M)\d{4}(?:\.\d{3})?$/.exec(entry.id) : null;
  if (page === null) return url;
  const folder = page[1] === 'TA' ? 'tactics' : page[1] === 'T' ? 'techniques' : 'mitigations';
  return `https://atlas.mitre.org/${folder}/${page[0]}`;
}

/** An address as it may stand in the brackets of a link. */
function linkTarget(url: string): string {
  return url.replaceAll(/[()<>\\]/g, mark => `%${mark.charCodeAt(0).toString(16)}`);
}

/** Longer lists of related ids are cut. */
const mostNamed = 12;

/** What a framework's id names, what it is about, and what it is tied to. */
export async function describeEntry(framework: Framework, entry: FrameworkEntry): Promise<string> {
  const { parents, children, related, relatedBy } = linksOf(framework, entry);
  const facts = [`${plain(framework.title)} ${plain(framework.version)}`];
  if (parents.length > 0) facts.push(`Part of ${nameAll(parents)}`);
  else if (entry.group !== undefined) facts.push(plain(entry.group));
  const title = framework.relatedTitle ?? 'Related';
  if (framework.predecessor !== undefined && entry.related !== undefined)
    facts.push(`${plain(title)}: ${entry.related.slice(0, mostNamed).map(code).join(', ')}`);
  if (related.length > 0) facts.push(`${plain(title)}: ${nameAll(related)}`);
  if (relatedBy.length > 0) facts.push(`${namedBy(title)}: ${nameAll(relatedBy)}`);
  if (children.length > 0) facts.push(`Consists of ${nameAll(children)}`);
  const link = addressOf(framework, entry);
  if (link !== undefined) facts.push(`[${plain(link.replace(/^https?:\/\//, ''))}](${linkTarget(link)})`);
  const text = await describeEntryText(framework, entry);
  return [
    `**${plain(entry.id)}** ${plain(entry.name)}`,
    ...(text === undefined ? [] : [plain(text)]),
    facts.join('  \n'),
  ].join('\n\n');
}

/** What the other side of a relation is called. */
function namedBy(title: string): string {
  return title === 'Mitigated by' ? 'Mitigates' : 'Named by';
}

function nameAll(entries: readonly FrameworkEntry[]): string {
  const named = entries.slice(0, mostNamed).map(({ id, name }) => `${code(id)} ${plain(name)}`);
  const rest = entries.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
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
