import { html, nothing, type TemplateResult } from 'lit';
import type { RunFileFacts, RunSummary, TuningCommand, TuningReport } from '../../schemas/generated/messages.ts';
import { exportFacts, pageHeader, runStateFacts, type HeaderButton } from '../components/page-header.ts';
import { countOf } from '../shared/format.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import { isActive } from '../shared/words.ts';

/** What shows the page, and the file its runs come from where there is no store. */
export interface PageStand {
  readonly isStandalone: boolean;
  readonly file: RunFileFacts | undefined;
}

export type SendCommand = (command: Omit<TuningCommand, 'type'>) => void;

/** One run: its state, what it starts from and where, and what can be done now. */
export function runHeader(
  run: RunSummary,
  report: TuningReport | undefined,
  host: PageStand,
  send: SendCommand,
): TemplateResult {
  const facts = html`${runStateFacts(run)} ${report === undefined ? nothing : renderOrigin(report)}
    <span>${showUnseen(run.file)}</span>${exportFacts(host.file)}`;
  return pageHeader(showUnseen(run.name), facts, ownButtons(host, send) ?? runButtons(run, report, send));
}

/** Several runs side by side. */
export function comparisonHeader(reports: readonly TuningReport[], host: PageStand, send: SendCommand): TemplateResult {
  const names = [...new Set(reports.map(({ run }) => showUnseen(run.name)))];
  const title = names.length > 2 ? `${names[0] ?? ''} and ${countOf(names.length - 1, 'other')}` : names.join(' and ');
  const buttons: HeaderButton[] = [
    { label: 'Compare…', press: () => send({ command: 'compare' }) },
    { label: 'Open as HTML', press: () => send({ command: 'openHtml' }) },
  ];
  const facts = html`<span>Comparison of ${countOf(reports.length, 'tuning run')}</span>${exportFacts(host.file)}`;
  return pageHeader(title, facts, ownButtons(host, send) ?? buttons);
}

/** Of a page that shows a file there is nothing to do but read it; undefined for one with a store behind it. */
function ownButtons({ isStandalone, file }: PageStand, send: SendCommand): HeaderButton[] | undefined {
  if (isStandalone) return [{ label: 'Print', press: () => print() }];
  return file === undefined ? undefined : [{ label: 'Open as Text', press: () => send({ command: 'openSource' }) }];
}

function renderOrigin({ base, platform, aspects, epochs }: TuningReport) {
  const count = aspects.length === 0 ? (epochs.at(-1)?.aspects.length ?? 0) : aspects.length;
  return html`${count === 0 ? nothing : html`<span>${countOf(count, 'aspect')}</span>`}
    <span>from ${showUnseen(base)}</span> <span>on ${showUnseen(platform)}</span>`;
}

function runButtons({ id: runId, state, resumable }: RunSummary, report: TuningReport | undefined, send: SendCommand) {
  const button = (command: TuningCommand['command'], label: string, isPrimary = false): HeaderButton => ({
    label,
    press: () => send({ command, runId }),
    isPrimary,
  });
  const best = report?.checkpoints.find(checkpoint => checkpoint.best);
  const registered = report?.registered;
  const canRegister = !isActive(state) && best !== undefined && registered === undefined;
  return [
    ...(isActive(state) && state !== 'cancelling' ? [button('cancel', 'Cancel')] : []),
    ...(resumable === true ? [button('resume', 'Resume', true)] : []),
    // The first question after training is whether the benchmarks agree.
    ...(!isActive(state) && best !== undefined ? [button('evaluate', 'Evaluate', state === 'succeeded')] : []),
    ...(canRegister
      ? [{ label: 'Register…', press: () => send({ command: 'register', runId, epoch: best.epoch }) }]
      : []),
    ...(registered === undefined
      ? []
      : [button('openVersion', `Open ${clipLine(`${registered.model}@${registered.version}`, 28)}`)]),
    button('compare', 'Compare…'),
    ...(isActive(state) ? [] : [button('next', 'What next…')]),
    button('openHtml', 'Open as HTML'),
    button('openFile', 'Open Tuning Job'),
    button('openLog', 'Log'),
  ];
}
