import type { Benchmark } from '../schemas/generated/files.ts';
import { slicesOf } from '../engine/datasets/perturb/names.ts';
import { figuresOf } from '../engine/documents/figure-checks.ts';
import { listFrameworks, type Framework, type FrameworkEntry } from '../engine/frameworks/frameworks.ts';
import type { StatedControl } from '../engine/policies/inherited.ts';
import type { PolicySource } from '../engine/policies/policy-set.ts';
import { code, plain } from './markdown.ts';

/** A framework's help: whose it is, its versions, and where its ids come from. */
export function describeFramework(id: string): string | undefined {
  const all = listFrameworks().filter(framework => framework.id === id);
  const newest = all.at(-1);
  if (newest === undefined) return undefined;
  const versions = `Versions: ${all.map(({ version }) => code(version)).join(', ')}`;
  return `**${plain(newest.title)}**, ${plain(newest.publisher)}\n\n${versions}\n\n${plain(newest.note)}`;
}

/** What a framework's id names. */
export function describeEntry(framework: Framework, entry: FrameworkEntry): string {
  const facts = [`${plain(framework.title)} ${framework.version}`];
  if (entry.group !== undefined) facts.push(plain(entry.group));
  if (entry.related !== undefined) {
    const related = entry.related.map(id => {
      const name = framework.byId.get(id)?.name;
      return name === undefined ? code(id) : `${code(id)} ${plain(name)}`;
    });
    facts.push(`${plain(framework.relatedTitle ?? 'Related')}: ${related.join(', ')}`);
  }
  return `**${plain(entry.id)}** ${plain(entry.name)}\n\n${facts.join('  \n')}`;
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
