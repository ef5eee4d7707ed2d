import type { PromptAnswer, PromptCase, PromptReport, TriedModel } from '../../schemas/generated/messages.ts';
import { showUnseen } from '../../schemas/unseen.ts';
import { clipText } from '../base/clip.ts';
import { layBeside, wrapText } from './columns-text.ts';
import { countOf, formatMilliseconds, formatNumber, formatSeconds, groupDigits } from './format.ts';
import { escapeMarkdown, renderMarkdownTable, renderTable, type Cell } from './table.ts';

/** Columns narrower than this are put one below another. */
const narrowestColumn = 34;
const gap = 2;
/** Characters of one answer that a terminal or a Markdown page shows. */
const longestShown = 4_000;
const longestInput = 400;

/** A prompt's trial for a terminal of `width` columns: the answers side by side, or one after another where they would not fit; `limit`: what tables must fit into. */
export function renderPromptText(report: PromptReport, width: number, limit = Infinity): string {
  const { models, cases } = report;
  const column = Math.floor((width - gap * (models.length - 1)) / Math.max(1, models.length));
  const beside = models.length > 1 && column >= narrowestColumn;
  const lines = [headLine(report)];
  for (const one of cases) {
    lines.push('', ...wrapText(caseTitle(one, report), width));
    const blocks = models.map(model => answerBlock(one, model, report, beside ? column : width));
    lines.push(...(beside ? layBeside(blocks, column, ' '.repeat(gap)) : blocks.flat()));
  }
  if (models.length > 0) {
    const { header, rows } = totalsTable(report);
    lines.push('', ...renderTable(header, rows, { width: limit, shortened: ['Model'] }));
  }
  const remarks = remarksOf(report);
  if (remarks.length > 0) lines.push('', ...remarks);
  return lines.join('\n');
}

/** The same as Markdown, for notebooks, pull requests and code hosts. Answers stand in code blocks: they are text, whatever they hold. */
export function renderPromptMarkdown(report: PromptReport): string {
  const { header, rows } = totalsTable(report);
  const lines = [
    `**${escapeMarkdown(report.run.name)}** — ${escapeMarkdown(headFacts(report))}`,
    '',
    ...(report.models.length === 0 ? [] : renderMarkdownTable(header, rows)),
  ];
  for (const one of report.cases) {
    lines.push('', `**${escapeMarkdown(caseTitle(one, report))}**`);
    for (const model of report.models) {
      for (const answer of answersOf(one, model)) {
        lines.push(
          '',
          escapeMarkdown(answerTitle(answer, model, report)),
          '',
          ...codeBlock(answerText(answer, report)),
        );
      }
    }
  }
  const remarks = remarksOf(report);
  if (remarks.length > 0) lines.push('', ...remarks.map(remark => `- ${escapeMarkdown(remark)}`));
  return `${lines.join('\n')}\n`;
}

/** A fence longer than any in the text: nothing in it ends the block. */
function codeBlock(text: string): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...text.split('\n'), fence];
}

function headLine(report: PromptReport): string {
  return `${plainLine(report.run.name)}: ${headFacts(report)}`;
}

export function headFacts({ run, models, rows, repeats }: PromptReport): string {
  return [
    countOf(rows, 'case'),
    countOf(models.length, 'model'),
    ...(repeats > 1 ? [`${String(repeats)} repeats`] : []),
    ...(run.startedAt !== undefined && run.endedAt !== undefined
      ? [formatSeconds((run.endedAt - run.startedAt) / 1000)]
      : []),
  ].join(', ');
}

export function caseTitle({ row, input, target, slices = {} }: PromptCase, { rows }: PromptReport): string {
  const number = rows > 1 ? `${String(row + 1)}. ` : '';
  const facts = [
    ...Object.entries(slices).map(([name, value]) => `${name}: ${value}`),
    ...(target === undefined ? [] : [`expected: ${cutLine(target)}`]),
  ];
  const title = input === '' ? 'As it is' : cutLine(input);
  return plainLine(`${number}${title}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`);
}

function cutLine(text: string): string {
  const cut = clipText(text, longestInput);
  return cut.length < text.length ? `${cut}…` : cut;
}

function plainLine(text: string): string {
  return showUnseen(text).replace(/\s*\n\s*/g, ' ⏎ ');
}

export function answersOf({ answers }: PromptCase, { variant }: TriedModel): readonly PromptAnswer[] {
  return answers.filter(answer => answer.variant === variant);
}

function answerBlock(one: PromptCase, model: TriedModel, report: PromptReport, width: number): readonly string[] {
  const answers = answersOf(one, model);
  if (answers.length === 0) return [...wrapText(`── ${model.model}`, width), '(no answer yet)'];
  return answers.flatMap(answer => [
    ...wrapText(`── ${answerTitle(answer, model, report)}`, width),
    ...wrapText(answerText(answer, report), width),
  ]);
}

/** `gpt, repeat 2: 412 ms, first token after 80 ms, 12 + 30 tokens, 0.0021 USD, from the cache`. */
export function answerTitle(answer: PromptAnswer, { model }: TriedModel, { repeats }: PromptReport): string {
  const { latencyMs, firstTokenMs, inputTokens, outputTokens, cost, cached, finishReason } = answer;
  const tokens = inputTokens !== undefined || outputTokens !== undefined;
  const facts = [
    ...(latencyMs === undefined ? [] : [formatMilliseconds(latencyMs)]),
    ...(firstTokenMs === undefined ? [] : [`first token after ${formatMilliseconds(firstTokenMs)}`]),
    ...(tokens ? [`${tokenWords(inputTokens)} + ${tokenWords(outputTokens)} tokens`] : []),
    ...(cost === undefined ? [] : [formatNumber(cost, 'USD')]),
    ...(cached === true ? ['from the cache'] : []),
    ...(finishReason === undefined ? [] : [`ended by ${plainLine(finishReason)}`]),
  ];
  const name = repeats > 1 ? `${model}, repeat ${String(answer.repeat + 1)}` : model;
  return facts.length === 0 ? name : `${name}: ${facts.join(', ')}`;
}

function tokenWords(count: number | undefined): string {
  return count === undefined ? '–' : groupDigits(count);
}

export function answerText(
  { text, characters, toolCalls = [], failure, sample }: PromptAnswer,
  { run }: PromptReport,
): string {
  if (failure !== undefined) return `FAILED (${failure.class}): ${showUnseen(failure.message)}`;
  const calls = toolCalls.map(({ name, arguments: given }) =>
    showUnseen(`→ ${name}(${clipText(given, longestShown)})`),
  );
  const shown = clipText(text ?? '', longestShown);
  const whole = characters ?? text?.length ?? 0;
  const more =
    shown.length < whole
      ? [`… ${groupDigits(whole)} characters in all: aiwb runs show ${run.id}#${String(sample)}`]
      : [];
  const answer = shown === '' && calls.length === 0 ? ['(an empty answer)'] : shown === '' ? [] : [showUnseen(shown)];
  return [...answer, ...more, ...calls].join('\n');
}

interface Table {
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Figures that the table of totals shows, where any model has them. */
const totals = ['latency.p50', 'time-to-first-token.p50', 'tokens.input', 'tokens.output'] as const;

export function totalsTable({ models }: PromptReport): Table {
  const right = (text: string): Cell => ({ text, align: 'right' });
  const figures = totals.flatMap(
    id =>
      models.flatMap(({ metrics }) => metrics.filter(({ metric, value }) => metric === id && value !== null))[0] ?? [],
  );
  const withCost = models.some(({ cost }) => cost !== undefined);
  return {
    header: [
      { text: 'Model' },
      right('Answers'),
      right('Failed'),
      ...figures.map(({ label }) => right(label)),
      ...(withCost ? [right('Cost in all')] : []),
    ],
    rows: models.map(({ model, answered, failed, metrics, cost }) => [
      { text: model },
      right(String(answered)),
      right(String(failed)),
      ...figures.map(({ metric: id, unit }) => {
        const value = metrics.find(({ metric }) => metric === id)?.value ?? undefined;
        return right(value === undefined ? '–' : formatNumber(value, unit));
      }),
      ...(withCost ? [right(cost === undefined ? '–' : formatNumber(cost, 'USD'))] : []),
    ]),
  };
}

export function remarksOf({ run, models, notes }: PromptReport): readonly string[] {
  const failures = models.flatMap(({ model, failures: classes }) =>
    Object.entries(classes).map(([name, count]) => `${model} failed ${countOf(count, 'time')}: ${name}.`),
  );
  const failure = run.state === 'failed' && run.failure !== undefined ? [showUnseen(run.failure.message)] : [];
  return [...failures, ...failure, ...notes.map(plainLine)];
}
