import type { RunKind, RunState, RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { FilterFacts, FilterTag } from '../trees/filter.ts';
import { bestHeadline, describeRun, formatDuration, formatFigure, formatMoment, formatOutcome } from './format.ts';
import { importedFrom } from './import-words.ts';
import type { RunEntry } from './run-book.ts';
import { isEnded, runStates } from '../../schemas/run-states.ts';
import { isCancellable, isResumable } from './states.ts';

/** A row of the Runs view, without VS Code's classes. */
export interface RunItem {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** A theme colour, absent for the plain foreground. */
  readonly color?: string;
  readonly contextValue: string;
  readonly accessibleLabel: string;
}

/** Runs of one benchmark or tuning job, newest first. */
export interface RunGroup {
  readonly folder: string;
  /** The file, or notebook cell, relative to the workspace folder. */
  readonly file: string;
  readonly kind: RunKind;
  readonly name: string;
  /** Tells the group from all others. */
  readonly key: string;
  readonly runs: RunSummary[];
}

const icons: Record<RunState, { icon: string; color?: string }> = {
  queued: { icon: 'clock' },
  provisioning: { icon: 'sync~spin' },
  running: { icon: 'sync~spin' },
  cancelling: { icon: 'sync~spin' },
  succeeded: { icon: 'pass', color: 'testing.iconPassed' },
  failed: { icon: 'error', color: 'testing.iconFailed' },
  cancelled: { icon: 'circle-slash' },
  lost: { icon: 'debug-disconnect', color: 'list.warningForeground' },
};

/** Groups runs by folder and what they ran. Groups and the runs in them are newest first, as the entries are. */
export function groupRuns(entries: readonly RunEntry[], showArchived: boolean): RunGroup[] {
  const groups = new Map<string, RunGroup>();
  for (const { folder, run } of entries) {
    if (run.archived && !showArchived) continue;
    const { file, kind, name } = run;
    const key = groupKey(folder, run);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { folder, file, kind, name, key, runs: [run] });
    else group.runs.push(run);
  }
  return [...groups.values()];
}

/** A file holds one benchmark or tuning job, whatever it is called from run to run; a notebook holds many, told apart by name. */
export function groupKey(folder: string, { file, kind, name }: Pick<RunSummary, 'file' | 'kind' | 'name'>): string {
  const isNotebook = /\.ipynb(#|$)/.test(file);
  return [folder, file, kind, ...(isNotebook ? [name] : [])].join('\n');
}

/** Whether two runs are of one job: of its file, and in a notebook of its name. */
export function isOfJob(run: RunSummary, other: RunSummary): boolean {
  return groupKey('', run) === groupKey('', other);
}

export function runTags(): FilterTag[] {
  return [
    ...runStates.map(state => ({ tag: state, group: 'state', label: t('State: {0}', state) })),
    { tag: 'gate-not-met', group: 'gate', label: t('Gate not met') },
    { tag: 'benchmark', group: 'kind', label: t('Kind: {0}', t('benchmark')) },
    { tag: 'tune', group: 'kind', label: t('Kind: {0}', t('tuning job')) },
    { tag: 'prompt', group: 'kind', label: t('Kind: {0}', t('prompt')) },
    { tag: 'terminal', group: 'origin', label: t('Started in a terminal') },
    { tag: 'editor', group: 'origin', label: t('Started in an editor') },
    { tag: 'notebook', group: 'origin', label: t('Started in a notebook') },
    { tag: 'agent', group: 'origin', label: t('Started by an agent') },
    { tag: 'import', group: 'origin', label: t('Imported') },
  ];
}

const filterFacts = new WeakMap<RunSummary, FilterFacts>();

export function runFilterFacts({ run }: RunEntry): FilterFacts {
  const known = filterFacts.get(run);
  if (known !== undefined) return known;
  const facts = makeFilterFacts(run);
  filterFacts.set(run, facts);
  return facts;
}

function makeFilterFacts(run: RunSummary): FilterFacts {
  const { id, name, file, kind, state, origin, gate, headlines } = run;
  return {
    text: [id, name, file, ...headlines.flatMap(({ model, prompt = '' }) => [model, prompt])].join('\n'),
    tags: [state, kind, origin, ...(gate === 'not-met' ? ['gate-not-met'] : [])],
  };
}

/**
 * Words that menus' `when` clauses look for.
 * @param stopped the search that stopped after this run
 */
export function runContext(run: RunSummary, stopped?: SearchReport): string {
  const words = ['aiwbRun', isEnded(run.state) ? 'ended' : 'active'];
  if (isCancellable(run)) words.push('cancellable');
  if (isResumable(run) || stopped !== undefined) words.push('resumable');
  words.push(run.archived ? 'archived' : 'kept');
  if (isEnded(run.state) && run.kind === 'benchmark' && run.origin !== 'import') words.push('extendable');
  if (run.kind === 'tune') words.push('tuning');
  if (run.kind === 'tune' && isEnded(run.state)) words.push('evaluable');
  if (run.kind === 'tune' && run.state === 'succeeded') words.push('registrable');
  if (run.kind === 'benchmark' && run.state === 'succeeded') words.push('publishable');
  return words.join(' ');
}

/** @param stopped the search that stopped after this run: the row stands for it too */
export function runItem(run: RunSummary, now: number, stopped?: SearchReport): RunItem {
  const { icon, color } = stopped === undefined ? iconOf(run) : icons[stopped.run.state];
  const label = formatMoment(run.createdAt);
  const archived = run.archived ? ` · ${t('archived')}` : '';
  const search = stopped === undefined ? '' : `${stoppedWords(stopped)} · `;
  const description = search + describeRun(run, now) + archived;
  return {
    label,
    description,
    icon,
    ...(color === undefined ? {} : { color }),
    contextValue: runContext(run, stopped),
    accessibleLabel: [run.name, label, run.state, description, importedFrom(run)].filter(Boolean).join(', '),
  };
}

/** `search lost after 2 of 4 trials`. */
function stoppedWords({ run: { state }, trials }: SearchReport): string {
  const begun = trials.filter(({ runId }) => runId !== undefined).length;
  return state === 'lost'
    ? t('search lost after {0} of {1} trials', begun, trials.length)
    : t('search cancelled after {0} of {1} trials', begun, trials.length);
}

/** An imported run has the icon of what it is: results that were brought in. */
function iconOf({ state, gate, origin }: RunSummary): { icon: string; color?: string } {
  if (state !== 'succeeded') return icons[state];
  if (gate === 'not-met') return gateMissed;
  return origin === 'import' ? { icon: 'cloud-download' } : icons.succeeded;
}

const gateMissed = { icon: 'warning', color: 'list.warningForeground' };

export function groupDescription(group: RunGroup): string {
  const count = group.runs.length;
  const from = group.runs[0] === undefined ? undefined : importedFrom(group.runs[0]);
  return `${count === 1 ? t('1 run') : t('{0} runs', count)} · ${from ?? group.file}`;
}

/** The lines of a run's tooltip, plain text: the caller escapes. */
export function runFacts(run: RunSummary, stopped?: SearchReport): string[] {
  const best = bestHeadline(run.headlines);
  const facts = [
    `${run.name}: ${formatOutcome(run)}`,
    t('State: {0}', run.state),
    t('File: {0}', run.file),
    run.origin === 'import'
      ? t('Imported: {0}', formatMoment(run.createdAt))
      : t('Started: {0} ({1})', formatMoment(run.createdAt), run.origin),
  ];
  if (run.endedAt !== undefined)
    facts.push(t('Took: {0}', formatDuration(run.endedAt - (run.startedAt ?? run.createdAt))));
  if (best !== undefined && run.headlines.length > 1) facts.push(t('Best: {0}', best.model));
  for (const headline of run.headlines) {
    const prompt = headline.prompt === undefined ? '' : ` (${headline.prompt})`;
    facts.push(`${headline.model}${prompt}: ${formatFigure(headline.value, headline.unit)} ${headline.label}`);
  }
  const next = stopped?.trials.find(({ runId }) => runId === undefined);
  if (next !== undefined) facts.push(t('Its search has stopped: Resume goes on with trial {0}', next.trial));
  const isTuning = run.kind === 'tune';
  facts.push(
    isTuning
      ? t('Epochs: {0} of {1}', run.progress.done, run.progress.total)
      : t('Samples: {0} of {1}', run.progress.done, run.progress.total),
  );
  if (run.progress.failed > 0 && !isTuning) facts.push(t('Failed samples: {0}', run.progress.failed));
  if (run.progress.cost !== undefined) facts.push(t('Cost: {0}', formatFigure(run.progress.cost, 'USD')));
  if (run.failure !== undefined) facts.push([run.failure.message, run.failure.remedy].filter(Boolean).join(' '));
  return facts;
}
