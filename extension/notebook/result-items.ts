import type { RunSummary } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { formatFigure, formatOutcome, formatProgress, toInline } from '../runs/format.ts';
import { isEnded } from '../../schemas/run-states.ts';
import type { Row } from '../trees/row.ts';
import { formatCount } from '../trees/words.ts';
import type { OutputFacts } from './output-facts.ts';

/** A named result of a notebook, with its run where the store has it. */
export interface ResultEntry {
  readonly facts: OutputFacts & { readonly as: string };
  readonly run: RunSummary | undefined;
  /** Position of its cell in the notebook, from 1. */
  readonly cell: number;
}

/** The row of a result: its name, the figure it is known by with n, and what it is. */
export function resultRow({ facts, run, cell }: ResultEntry): Row {
  const { as, kind, title } = facts;
  const figure = figureOf(facts, run);
  const words = kindWords(kind);
  const description = [figure, gateWords(facts, run), words].filter(part => part !== undefined).join(' · ');
  const key = resultKey(as);
  const { icon, color } = iconOf(facts, run);
  return {
    key,
    label: as,
    description,
    icon,
    ...(color === undefined ? {} : { color }),
    tooltip: [`${as}: ${words}`, title, figure, t('Cell {0}', cell)]
      .filter(part => part !== undefined && part !== '')
      .join('\n'),
    contextValue: `aiwbResult ${kind}${isRun(kind) ? ' run' : ''}`,
    accessibleLabel: [as, words, figure, gateWords(facts, run), t('cell {0}', cell)].filter(Boolean).join(', '),
    open: { kind: 'command', command: 'aiwb.openResult', title: t('Open Result'), arguments: [{ key }] },
  };
}

/** The row's key, by which commands know the result. */
export function resultKey(name: string): string {
  return `result ${name}`;
}

/** Whether the result is a run's, which pages and comparisons can show. */
export function isRun(kind: OutputFacts['kind']): boolean {
  return kind !== 'assessment' && kind !== 'comparison';
}

export function kindWords(kind: OutputFacts['kind']): string {
  switch (kind) {
    case 'benchmark':
      return t('benchmark');
    case 'tune':
      return t('tuning job');
    case 'prompt':
      return t('prompt');
    case 'assessment':
      return t('assessment');
    case 'comparison':
      return t('comparison');
  }
}

/** `82.1 % accuracy · n 400`; how far a run under way is; how it ended otherwise. */
function figureOf({ headline, n, state, kind, trials }: OutputFacts, run: RunSummary | undefined): string | undefined {
  if (run !== undefined && !isEnded(run.state)) return formatProgress(run);
  if (headline !== undefined) {
    const figure = `${formatFigure(headline.value, headline.unit)} ${toInline(headline.label)}`;
    if (n === undefined) return figure;
    const count = kind === 'assessment' ? t('{0} controls', formatCount(n)) : t('n {0}', formatCount(n));
    return `${figure} · ${count}`;
  }
  if (run !== undefined) return formatOutcome(run);
  if (!isRun(kind)) return undefined;
  if (isEnded(state)) return stateWords(state);
  return trials !== undefined
    ? t('search under way when the cell was written')
    : t('not ended when the notebook was saved');
}

function stateWords(state: OutputFacts['state']): string {
  switch (state) {
    case 'failed':
      return t('failed');
    case 'cancelled':
      return t('cancelled');
    case 'lost':
      return t('lost');
    default:
      return t('done');
  }
}

function gateWords(facts: OutputFacts, run: RunSummary | undefined): string | undefined {
  const gate = facts.gate ?? run?.gate;
  if (gate === 'met') return t('gate met');
  return gate === 'not-met' ? t('gate not met') : undefined;
}

const kindIcons: Readonly<Record<OutputFacts['kind'], string>> = {
  benchmark: 'beaker',
  tune: 'mortar-board',
  prompt: 'comment-discussion',
  assessment: 'checklist',
  comparison: 'diff',
};

function iconOf(facts: OutputFacts, run: RunSummary | undefined): { readonly icon: string; readonly color?: string } {
  const state = run?.state ?? facts.state;
  if (!isEnded(state)) return { icon: run === undefined ? 'clock' : 'sync~spin' };
  if (state === 'failed') return { icon: 'error', color: 'testing.iconFailed' };
  if (state === 'lost') return { icon: 'debug-disconnect', color: 'list.warningForeground' };
  if (state === 'cancelled') return { icon: 'circle-slash' };
  if ((facts.gate ?? run?.gate) === 'not-met') return { icon: 'warning', color: 'list.warningForeground' };
  return { icon: kindIcons[facts.kind] };
}
