import { html, LitElement, nothing } from 'lit';
import type { Report, VariantCosts } from '../../schemas/generated/messages.ts';
import '../components/fact-list.ts';
import type { Fact } from '../components/fact-list.ts';
import { defineElement } from '../shared/define.ts';
import { variantName } from '../shared/figures.ts';
import { countOf, formatCount, formatValue } from '../shared/format.ts';
import { baseStyles } from '../shared/styles.ts';
import { shortDigest } from '../shared/text.ts';

/** What the figures rest on, for whoever wants to make them again: machine, seed, digests, methods. Closed at first. */
export class RunFacts extends LitElement {
  static override properties = { report: { attribute: false } };
  static override styles = baseStyles;
  declare report: Report | undefined;

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const facts = [
      ...environmentFacts(report),
      ...datasetFacts(report),
      ...countFacts(report),
      ...digestFacts(report),
      ...methodFacts(report),
    ];
    return html`<aiwb-facts heading="Environment and methods" .facts=${facts}></aiwb-facts>`;
  }
}

function environmentFacts({ environment, runs }: Report): readonly Fact[] {
  const ids: readonly Fact[] = runs.map(({ id }) => ['Run', id]);
  if (environment === undefined) return ids;
  const { workbench, node, platform, host, cpus, seed, fileDigest } = environment;
  return [
    ...ids,
    ['AI Workbench', workbench],
    ['Node', node],
    ['Machine', `${host}, ${platform}${cpus === undefined ? '' : `, ${formatCount(cpus)} CPUs`}`],
    ['Seed', String(seed)],
    ['Benchmark digest', fileDigest],
  ];
}

function datasetFacts({ dataset }: Report): readonly Fact[] {
  if (dataset === undefined) return [];
  return [
    ['Dataset', dataset.path],
    ['Dataset digest', dataset.digest],
  ];
}

/** What was taken over, came from the cache, and cost what. */
function countFacts(report: Report): readonly Fact[] {
  const reused = report.runs.reduce((sum, { progress }) => sum + progress.reused, 0);
  const retries = report.runs.reduce((sum, { progress }) => sum + (progress.retries ?? 0), 0);
  return [
    ...(reused === 0 ? [] : [['Taken over', `${countOf(reused, 'sample')} from before a resume`] as const]),
    ...(retries === 0 ? [] : [['Retries', formatCount(retries)] as const]),
    ...report.variants.flatMap(({ costs }, index): Fact[] => {
      const parts = costs === undefined ? [] : costParts(costs);
      return parts.length === 0 ? [] : [[`${variantName(report, index)}, cost`, parts.join(', ')]];
    }),
  ];
}

function costParts({ answers, measuring, cached }: VariantCosts): readonly string[] {
  return [
    ...(answers === undefined || answers === 0 ? [] : [`answers ${formatValue(answers, 'USD')}`]),
    ...(measuring === undefined ? [] : [`judges and other measuring ${formatValue(measuring, 'USD')}`]),
    ...(cached === 0 ? [] : [`${countOf(cached, 'answer')} from the cache, not paid for again`]),
  ];
}

function digestFacts(report: Report): readonly Fact[] {
  return report.variants.flatMap(({ modelDigest, promptDigest }, index): Fact[] => {
    const parts = [
      ...(modelDigest === undefined ? [] : [`model ${shortDigest(modelDigest)}`]),
      ...(promptDigest === undefined ? [] : [`prompt ${shortDigest(promptDigest)}`]),
    ];
    return parts.length === 0 ? [] : [[variantName(report, index), parts.join(', ')]];
  });
}

function methodFacts({ variants, comparisons }: Report): readonly Fact[] {
  const methods = new Map<string, string>();
  for (const { metrics } of variants) {
    for (const { label, method } of metrics) if (method !== undefined) methods.set(`${label}, interval`, method);
  }
  for (const { label, test, method } of comparisons) {
    if (test !== undefined) methods.set(`${label}, test`, test);
    if (method !== undefined) methods.set(`${label}, interval of the difference`, method);
  }
  return [...methods];
}

defineElement('aiwb-run-facts', RunFacts);
