import type { DryRunEstimate, PreflightFinding } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import { formatFigure } from '../runs/format.ts';

/** A dry run's estimate as Markdown: rows × models × repeats, tokens, cost, and each variant's first request. */
export function describeEstimate(estimate: DryRunEstimate): string {
  const parts = [
    `# ${escapeMarkdown(estimate.name)}`,
    t('What a run would send. Nothing was sent.'),
    totalsOf(estimate, samples => `**${samples}**`)
      .map(line => `- ${line}`)
      .join('\n'),
    variantTable(estimate),
    ...preflight(estimate),
    ...estimate.notes.map(note => `> ${escapeMarkdown(note)}`),
    ...firstRequests(estimate),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Size and cost, a line each. */
export function totalsOf(estimate: DryRunEstimate, emphasise = (text: string): string => text): string[] {
  const { rows, trainingRows, repeats, samples, variants, inputTokens, cost, measuringCost } = estimate;
  const product =
    repeats === 1
      ? t('{0} rows × {1} variants', count(rows), count(variants.length))
      : t('{0} rows × {1} variants × {2} repeats', count(rows), count(variants.length), count(repeats));
  const lines = [`${emphasise(t('{0} samples', count(samples)))} = ${product}`];
  if (trainingRows > 0) lines.push(t('{0} rows to learn from', count(trainingRows)));
  if (inputTokens !== undefined) lines.push(`≈ ${t('{0} input tokens', count(inputTokens))}`);
  lines.push(describeCost(cost, variants));
  if (measuringCost !== undefined)
    lines.push(`≈ ${t('{0} for judges and embeddings', formatFigure(measuringCost, 'USD'))}`);
  return lines;
}

function describeCost(cost: number | undefined, variants: DryRunEstimate['variants']): string {
  if (cost === undefined) return t('No price is known: no cost is claimed');
  const sum = `≈ ${formatFigure(cost, 'USD')}`;
  return variants.some(variant => variant.cost === undefined)
    ? t('{0} without the models whose price is not known', sum)
    : sum;
}

function variantTable({ variants }: DryRunEstimate): string {
  const head = [t('Model'), t('Prompt'), t('Samples'), t('≈ Input tokens'), t('≈ Output tokens'), t('≈ Cost')];
  const rows = variants.map(variant => [
    escapeMarkdown(variant.model),
    escapeMarkdown(variant.prompt ?? '–'),
    count(variant.samples),
    count(variant.inputTokens),
    count(variant.outputTokens),
    variant.cost === undefined ? '–' : escapeMarkdown(formatFigure(variant.cost, 'USD')),
  ]);
  return [head, ['---', '---', '---:', '---:', '---:', '---:'], ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** What was found out about a tuning job's platform: what stands in the way first. */
function preflight({ preflight: findings = [] }: DryRunEstimate): string[] {
  if (findings.length === 0) return [];
  const order: readonly PreflightFinding['level'][] = ['error', 'warning', 'ok'];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const words: Record<PreflightFinding['level'], string> = {
    error: t('Stands in the way'),
    warning: t('Worth a look'),
    ok: t('In order'),
  };
  const lines = sorted.map(({ level, message, remedy }) => {
    const how = remedy === undefined ? '' : ` ${escapeMarkdown(remedy)}`;
    return `- **${words[level]}:** ${escapeMarkdown(message)}${how}`;
  });
  return [`## ${t('Before the start')}`, lines.join('\n')];
}

function firstRequests({ variants }: DryRunEstimate): string[] {
  return variants.flatMap(({ model, prompt, firstRequest }) => {
    if (firstRequest === undefined) return [];
    const title = [model, prompt].filter(part => part !== undefined).join(', ');
    return [`## ${t('First request: {0}', escapeMarkdown(title))}`, fence(firstRequest)];
  });
}

/** A code block with a fence longer than any in the text, so that the text cannot end it. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}text\n${text}\n${mark}`;
}

function count(value: number): string {
  return formatFigure(value, 'count');
}
