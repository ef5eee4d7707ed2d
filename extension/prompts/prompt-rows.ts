import path from 'node:path';
import type { PromptEntry, PromptFigure } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { bestHeadline, formatAgo, formatFigure, toInline } from '../runs/format.ts';
import type { FilterFacts, FilterTag } from '../trees/filter.ts';
import { rowsOfList, type Row, type Rows } from '../trees/row.ts';
import { formatCount } from '../trees/words.ts';

export function promptTags(): FilterTag[] {
  return [
    { tag: 'used', group: 'use', label: t('Named by a benchmark') },
    { tag: 'unused', group: 'use', label: t('Named by no benchmark') },
    { tag: 'measured', group: 'run', label: t('Asked in a run') },
    { tag: 'broken', group: 'state', label: t('With errors') },
  ];
}

export function promptFacts(prompt: PromptEntry): FilterFacts {
  const { path: file, name, description = '', model = '', variables, uses, figures, diagnostics } = prompt;
  return {
    text: [file, name, description, model, ...variables, ...uses.map(use => use.name)].join('\n'),
    tags: [
      uses.length > 0 ? 'used' : 'unused',
      ...(figures.length > 0 ? ['measured'] : []),
      ...(diagnostics > 0 ? ['broken'] : []),
    ],
  };
}

export function promptRows(folder: string, prompts: readonly PromptEntry[], now: number): Rows {
  return rowsOfList(prompts, prompt => promptRow(folder, prompt, now));
}

function promptRow(folder: string, prompt: PromptEntry, now: number): Row {
  const { path: file, name, description, model, variables, diagnostics, uses, figures } = prompt;
  const key = `prompt ${folder}\n${file}`;
  const facts = [
    ...(diagnostics === 0 ? [] : [diagnostics === 1 ? t('1 error') : t('{0} errors', diagnostics)]),
    ...(figures.length === 0 ? [] : [describeFigures(figures, now)]),
    uses.length === 0 ? t('used by no benchmark') : t('used by {0}', new Set(uses.map(use => use.file)).size),
  ];
  return {
    key,
    label: name,
    description: facts.join(' · '),
    icon: diagnostics > 0 ? 'error' : 'comment',
    ...(diagnostics > 0 ? { color: 'list.errorForeground' } : {}),
    contextValue: `aiwbPrompt ${figures.length > 0 ? 'measured' : 'unmeasured'}`,
    tooltip: [
      name,
      file,
      ...(description === undefined ? [] : [description]),
      ...(model === undefined ? [] : [t('Written for: {0}', model)]),
      ...(variables.length === 0 ? [] : [t('Variables: {0}', variables.join(', '))]),
      ...figures.map(describeFigure),
    ].join('\n'),
    accessibleLabel: [name, ...facts, file].join(', '),
    open: { kind: 'file', path: path.resolve(folder, file) },
    children: () => detailRows(key, folder, prompt),
    subject: { kind: 'prompt', folder, path: file },
  };
}

function detailRows(key: string, folder: string, { path: file, model, variables, uses, figures }: PromptEntry): Row[] {
  const rows: Row[] = [{ key: `${key}\nfile`, label: file, icon: 'file', accessibleLabel: t('File: {0}', file) }];
  if (model !== undefined)
    rows.push({ key: `${key}\nmodel`, label: t('Written for'), description: model, icon: 'sparkle' });
  if (variables.length > 0) {
    rows.push({
      key: `${key}\nvariables`,
      label: t('Variables'),
      description: variables.join(', '),
      icon: 'symbol-variable',
      tooltip: t('Columns that it reads: {0}', variables.join(', ')),
    });
  }
  if (figures.length > 0) {
    rows.push({
      key: `${key}\nfigures`,
      label: t('Last Figures'),
      description: figures[0]?.benchmark ?? '',
      icon: 'graph',
      isOpen: true,
      children: () => figures.map(figure => figureRow(key, figure)),
    });
  }
  if (uses.length > 0) {
    rows.push({
      key: `${key}\nusers`,
      label: t('Used By'),
      description: formatCount(uses.length),
      icon: 'references',
      isOpen: true,
      children: () =>
        uses.map(use => ({
          key: `${key}\nuse ${use.file}\n${use.line}`,
          label: use.name,
          description: use.file,
          icon: 'beaker',
          open: { kind: 'file', path: path.resolve(folder, use.file), line: use.line },
        })),
    });
  }
  return rows;
}

function figureRow(key: string, figure: PromptFigure): Row {
  const { runId, model, label, value, unit } = figure;
  return {
    key: `${key}\nfigure ${model}`,
    label: model,
    description: `${formatFigure(value, unit)} ${toInline(label)}`,
    icon: 'symbol-numeric',
    tooltip: describeFigure(figure),
    open: { kind: 'command', command: 'aiwb.openRun', title: t('Open Run'), arguments: [runId] },
  };
}

/** The best of the last run, as `82.1 % accuracy (gpt) · 2 min ago`. */
function describeFigures(figures: readonly PromptFigure[], now: number): string {
  const best = bestHeadline(figures);
  if (best === undefined) return '';
  const age = formatAgo(figures[0]?.endedAt ?? now, now);
  return `${formatFigure(best.value, best.unit)} ${toInline(best.label)} (${best.model}) · ${age}`;
}

function describeFigure({ benchmark, model, label, value, unit }: PromptFigure): string {
  return t('{0}: {1} {2} in {3}', model, formatFigure(value, unit), toInline(label), benchmark);
}
