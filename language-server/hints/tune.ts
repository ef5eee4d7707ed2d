import type { AspectResult, TuningReport } from '../../schemas/generated/messages.ts';
import { formatNumber } from '../../engine/reports/format.ts';
import { changeOf, wordFigure, type ComputedFigure } from '../memory/figures.ts';
import type { AddHint, Hint, HintRequest } from './hint.ts';
import { wordAge } from '../memory/last-runs.ts';
import { plain } from '../markdown.ts';
import { mappingOf } from '../workspace.ts';

/** Beside each aspect of a tuning job: what the best checkpoint of the last run came to, and its change since the base model. */
export async function tuningHints({ context, uri, parsed, signal }: HintRequest, add: AddHint): Promise<void> {
  const { name, aspects } = mappingOf(parsed.draft);
  const runs = await context.history.runsOf(uri, signal);
  const last = runs.find(run => run.kind === 'tune' && run.name === name);
  const record = last && (await context.history.run(uri, last.id, signal));
  const report = record?.tuning;
  if (last === undefined || report === undefined) return;
  const age = wordAge(last, context.ports.clock.now());
  for (const aspect of Object.keys(mappingOf(aspects))) {
    const result = report.aspects.find(each => each.aspect === aspect);
    await add(['aspects', aspect], () => Promise.resolve(result && aspectHint(result, report, age)));
  }
}

function aspectHint(
  { metrics, base }: AspectResult,
  { selection }: TuningReport,
  age: string,
): Pick<Hint, 'label' | 'tooltip'> | undefined {
  const find = (figures: AspectResult['metrics']): ComputedFigure | undefined => {
    const found =
      figures.find(({ metric }) => metric === selection.metric) ?? figures.find(({ kind }) => kind === 'quality');
    return found === undefined || found.value === null ? undefined : { ...found, value: found.value };
  };
  const figure = find(metrics);
  if (figure === undefined) return undefined;
  const change = changeOf(figure, base && find(base), 'the base model');
  const shown = formatNumber(figure.value, figure.unit);
  const words = change === undefined ? '' : `\n\n${plain(`It is ${change.words}.`)}`;
  const tooltip = `**${plain(figure.label)}** of the best checkpoint, ${age}: ${plain(wordFigure(figure))}${words}`;
  return {
    label: change === undefined ? shown : `${shown} ${change.sign}`,
    tooltip: () => Promise.resolve(tooltip),
  };
}
