import { html, LitElement, nothing } from 'lit';
import type {
  ImportSource,
  ModelIdentity,
  Report,
  RunSummary,
  VariantCosts,
} from '../../schemas/generated/messages.ts';
import '../components/fact-list.ts';
import type { Fact } from '../components/fact-list.ts';
import { defineElement } from '../shared/define.ts';
import { runLetter, variantName } from '../shared/figures.ts';
import { countOf, formatCount, formatValue } from '../shared/format.ts';
import { baseStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';

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
  const { workbench, node, platform, host, cpus, seed, fileDigest, source, measuring = [] } = environment;
  return [
    ...ids,
    ['AI Workbench', workbench],
    ['Node', node],
    ['Machine', `${host}, ${platform}${cpus === undefined ? '' : `, ${formatCount(cpus)} CPUs`}`],
    ['Seed', String(seed)],
    ['Benchmark digest', fileDigest],
    ...(source === undefined ? [] : [['Imported from', importWords(source)] as const]),
    ...measuring.map(({ metric, digest, models, files }): Fact => {
      const parts = [...models, ...files].map(({ name, digest: own }) => `${name} ${shortDigest(own)}`);
      return [`${metric}, measured with`, [...parts, `all ${shortDigest(digest)}`].join(', ')];
    }),
  ];
}

function importWords({ tool, version, file, digest }: ImportSource): string {
  return `${tool}${version === undefined ? '' : ` ${version}`}, ${file}, ${shortDigest(digest)}`;
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
  return [
    ...report.runs.flatMap(run => {
      const parts = progressParts(run);
      const letter = runLetter(report, run.id);
      return parts.length === 0
        ? []
        : [[letter === undefined ? 'Asked' : `Asked in run ${letter}`, parts.join(', ')] as const];
    }),
    ...report.variants.flatMap(({ costs }, index): Fact[] => {
      const parts = costs === undefined ? [] : costParts(costs);
      return parts.length === 0 ? [] : [[`${variantName(report, index)}, cost`, parts.join(', ')]];
    }),
  ];
}

function progressParts({ progress }: RunSummary): readonly string[] {
  const {
    reused,
    extended = 0,
    retries = 0,
    cached = 0,
    askedAgain = 0,
    measuringCost = 0,
    unmeasured = {},
  } = progress;
  const refused = progress.variants.reduce((sum, variant) => sum + (variant.refused ?? 0), 0);
  const resumed = reused - extended;
  return [
    ...(resumed > 0 ? [`${countOf(resumed, 'sample')} taken over from before a resume`] : []),
    ...(extended > 0 ? [`${countOf(extended, 'sample')} taken over from the run that this one extends`] : []),
    ...(askedAgain > 0 ? [`${countOf(askedAgain, 'sample')} asked again after it had stopped`] : []),
    ...(cached > 0 ? [`${countOf(cached, 'answer')} from the cache`] : []),
    ...(retries > 0 ? [`${formatCount(retries)} attempts beyond the first`] : []),
    ...(refused > 0 ? [`${countOf(refused, 'sample')} refused by the model`] : []),
    ...Object.entries(unmeasured).map(([metric, count]) => `${countOf(count, 'sample')} without ${metric}`),
    ...(measuringCost > 0 ? [`${formatValue(measuringCost, 'USD')} for judges and other measuring`] : []),
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
  return report.variants.flatMap(({ modelDigest, promptDigest, fingerprints = [], identity }, index): Fact[] => {
    const parts = [
      ...(identity === undefined ? [] : [identityWords(identity)]),
      ...(fingerprints.length === 0 ? [] : [`answered by ${fingerprints.join(' and ')}`]),
      ...(modelDigest === undefined ? [] : [`model ${shortDigest(modelDigest)}`]),
      ...(promptDigest === undefined ? [] : [`prompt ${shortDigest(promptDigest)}`]),
    ];
    return parts.length === 0 ? [] : [[variantName(report, index), parts.join(', ')]];
  });
}

/** Which registered version was meant, and whether it answered. */
function identityWords({ registry, model, version, state, by, at }: ModelIdentity): string {
  const meant = `${registry === undefined ? '' : `${registry}/`}${model}@${version}`;
  const asked = by === 'weights' ? 'computed here' : `asked at ${at ?? ''}`;
  return showUnseen(`registered as ${meant}, ${asked}, identity ${state}`);
}

function methodFacts({ variants, comparisons }: Report): readonly Fact[] {
  const methods = new Map<string, string>();
  for (const { metrics } of variants) {
    for (const { label, method, signature } of metrics) {
      if (method !== undefined) methods.set(`${label}, interval`, method);
      if (signature !== undefined) methods.set(`${label}, signature`, signature);
    }
  }
  for (const { label, test, method } of comparisons) {
    if (test !== undefined) methods.set(`${label}, test`, test);
    if (method !== undefined) methods.set(`${label}, interval of the difference`, method);
  }
  return [...methods];
}

defineElement('aiwb-run-facts', RunFacts);
