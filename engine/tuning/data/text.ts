import type { FoundRows, TuningDataAspect, TuningDataReport } from '../../../schemas/generated/messages.ts';
import { countOf, formatNumber, formatSeconds } from '../../reports/format.ts';
import { escapeMarkdown, renderMarkdownTable, renderTable, type Cell } from '../../reports/table.ts';
import { aspectWords } from '../rows.ts';

interface Table {
  readonly title: string;
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What is in a job's datasets, for a terminal. */
export function renderTuningData(report: TuningDataReport, width = Infinity): string {
  const lines = [headOf(report)];
  for (const { title, header, rows } of tablesOf(report))
    lines.push('', title, ...renderTable(header, rows, { width, shortened: ['Class', 'Looks like'] }));
  for (const sentence of sentencesOf(report)) lines.push('', sentence);
  return lines.join('\n');
}

/** The same as Markdown. */
export function renderTuningDataMarkdown(report: TuningDataReport): string {
  const lines = [`# Data of ${escapeMarkdown(report.name)}`, '', escapeMarkdown(headOf(report))];
  for (const { title, header, rows } of tablesOf(report))
    lines.push('', `## ${escapeMarkdown(title)}`, '', ...renderMarkdownTable(header, rows));
  const sentences = sentencesOf(report);
  if (sentences.length > 0) lines.push('', ...sentences.map(sentence => `- ${escapeMarkdown(sentence)}`));
  return `${lines.join('\n')}\n`;
}

function headOf({ name, task, trainingTokens, epochs, cost }: TuningDataReport): string {
  const tokens =
    trainingTokens === undefined ? '' : `, about ${formatNumber(trainingTokens, 'count')} tokens to learn from`;
  const times = epochs === undefined ? '' : `, ${countOf(epochs, 'epoch')}`;
  const money = cost === undefined ? '' : `, about ${formatNumber(cost, 'USD')}`;
  return `${name}: ${task}${tokens}${times}${money}.`;
}

const right = (text: string): Cell => ({ text, align: 'right' });
const count = (value: number): Cell => right(formatNumber(value, 'count'));

function tablesOf(report: TuningDataReport): readonly Table[] {
  return [rowTable(report), ...report.aspects.flatMap(labelTable), ...personalTable(report)];
}

function rowTable({ aspects }: TuningDataReport): Table {
  const heard = aspects.some(({ roles }) => roles.some(({ seconds }) => seconds !== undefined));
  return {
    title: 'Rows',
    header: [
      { text: 'Aspect' },
      { text: 'Rows to' },
      right('Rows'),
      right('Input tokens'),
      right('Answer tokens'),
      ...(heard ? [right('Sound')] : []),
      right('Cut'),
      { text: 'Longest' },
    ],
    rows: aspects.flatMap(({ aspect, roles }) =>
      roles.map(({ role, rows, inputTokens, answerTokens, seconds, longest, cut }) => [
        { text: aspectWords(aspect) },
        { text: roleWords[role] },
        count(rows),
        count(inputTokens),
        count(answerTokens),
        ...(heard ? [right(seconds === undefined ? '–' : formatSeconds(seconds))] : []),
        count(cut?.rows ?? 0),
        { text: longest[0] === undefined ? '–' : `${longest[0].place} (${sizeWords(longest[0])})` },
      ]),
    ),
  };
}

const roleWords = { training: 'learn', validation: 'validate', test: 'test' } as const;

function sizeWords({ tokens, seconds }: TuningDataAspect['roles'][number]['longest'][number]): string {
  return seconds === undefined ? countOf(tokens, 'token') : formatSeconds(seconds);
}

function labelTable({ aspect, labels = [] }: TuningDataAspect): Table[] {
  if (labels.length === 0) return [];
  return [
    {
      title: `Classes of ${aspectWords(aspect)}`,
      header: [{ text: 'Class' }, right('Learn'), right('Validate'), right('Test')],
      rows: labels.map(({ label, training, validation, test }) => [
        { text: label },
        count(training),
        count(validation),
        count(test),
      ]),
    },
  ];
}

function personalTable({ aspects }: TuningDataReport): Table[] {
  const rows = aspects.flatMap(({ aspect, personalData }) =>
    personalData.map(({ label, matches, rows: found, places }) => [
      { text: label },
      { text: aspectWords(aspect) },
      count(found),
      count(matches),
      { text: placeWords({ rows: found, places }) },
    ]),
  );
  if (rows.length === 0) return [];
  const header = [{ text: 'Looks like' }, { text: 'Aspect' }, right('Rows'), right('Matches'), { text: 'Where' }];
  return [{ title: 'Personal data and secrets', header, rows }];
}

function placeWords({ rows, places }: FoundRows): string {
  const shown = places.slice(0, 5);
  const more = rows > shown.length ? ` and ${formatNumber(rows - shown.length, 'count')} more` : '';
  return `${shown.join(', ')}${more}`;
}

function sentencesOf({ aspects, notes, problems }: TuningDataReport): string[] {
  return [
    ...problems.map(({ message, remedy }) => [message, remedy].filter(Boolean).join(' ')),
    ...aspects.flatMap(({ aspect, duplicates, contradictions, roles }) => [
      ...(duplicates === undefined
        ? []
        : [
            `${countOf(duplicates.rows, 'row')} of ${aspectWords(aspect)} ask what an earlier one asks: ${placeWords(duplicates)}.`,
          ]),
      ...(contradictions === undefined
        ? []
        : [
            `${countOf(contradictions.rows, 'row')} of ${aspectWords(aspect)} expect another answer than an earlier one that asks the same: ${placeWords(contradictions)}.`,
          ]),
      ...roles.flatMap(({ role, cut }) =>
        cut === undefined
          ? []
          : [
              `${countOf(cut.rows, 'row')} to ${roleWords[role]} (${aspectWords(aspect)}) are longer than the model takes and are cut: ${placeWords(cut)}.`,
            ],
      ),
    ]),
    ...notes,
  ];
}
