import { html, LitElement, nothing } from 'lit';
import type { PageCommand, Report, RunFileFacts, RunSummary } from '../../schemas/generated/messages.ts';
import { exportFacts, pageHeader, runStateFacts, type HeaderButton } from '../components/page-header.ts';
import { defineElement } from '../shared/define.ts';
import { repeatsOf } from '../shared/figures.ts';
import { countOf, formatDate, isoDate } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { headerStyles } from '../shared/page-styles.ts';
import { baseStyles } from '../shared/styles.ts';
import { baseName, shortDigest, showUnseen } from '../shared/text.ts';
import { isActive } from '../shared/words.ts';

type Command = PageCommand['command'];

/** Name, state, when, how much, from what; and what can be done. Fires `command` with the command's name. */
export class RunHeader extends LitElement {
  static override properties = {
    report: { attribute: false },
    run: { attribute: false },
    file: { attribute: false },
    standalone: { type: Boolean },
  };
  static override styles = [baseStyles, headerStyles];
  declare report: Report | undefined;
  declare run: RunSummary | undefined;
  /** The file the runs come from, in place of a store. */
  declare file: RunFileFacts | undefined;
  declare standalone: boolean;

  override render() {
    const { report, run } = this;
    const isComparison = report !== undefined && report.runs.length > 1;
    const title = showUnseen(report?.title ?? run?.name ?? 'Run');
    const facts = isComparison
      ? this.#renderComparisonFacts(report)
      : run === undefined
        ? nothing
        : this.#renderRunFacts(run);
    return pageHeader(
      title,
      html`${facts}${exportFacts(this.file)}`,
      run === undefined ? [] : this.#buttons(run, isComparison),
    );
  }

  #renderComparisonFacts(report: Report) {
    return html`<span>Comparison of ${countOf(report.runs.length, 'run')}</span>
      <span><time datetime=${isoDate(report.createdAt)}>${formatDate(report.createdAt)}</time></span>
      ${renderDataset(report)} ${renderDoubts(report)}`;
  }

  #renderRunFacts(run: RunSummary) {
    return html`${runStateFacts(run)} ${this.#renderSize(run)}
      ${this.report === undefined ? nothing : renderDataset(this.report)}
      <span>${showUnseen(run.file)}</span> ${this.report === undefined ? nothing : renderDoubts(this.report)}`;
  }

  #renderSize(run: RunSummary) {
    const variants = run.progress.variants;
    const models = new Set(variants.map(({ model }) => model)).size;
    const prompts = new Set(variants.map(({ prompt }) => prompt)).size;
    const rows = this.report?.dataset?.rows;
    const repeats = rows === undefined ? undefined : repeatsOf(run, rows);
    const parts = [
      ...(rows === undefined ? [] : [countOf(rows, 'row')]),
      ...(models === 0 ? [] : [countOf(models, 'model')]),
      ...(prompts < 2 ? [] : [countOf(prompts, 'prompt')]),
      ...(repeats === undefined || repeats === 1 ? [] : [countOf(repeats, 'repeat')]),
    ];
    return parts.length === 0 ? nothing : html`<span>${parts.join(' × ')}</span>`;
  }

  #buttons(run: RunSummary, isComparison: boolean): HeaderButton[] {
    if (this.standalone) return [{ label: 'Print', press: () => print() }];
    const command = (name: Command, label: string, isPrimary = false): HeaderButton => ({
      label,
      press: () => this.#send(name),
      isPrimary,
    });
    if (this.file !== undefined) {
      return [
        ...(this.file.canImport === true ? [command('import', 'Import…', true)] : []),
        command('openSource', 'Open as Text'),
      ];
    }
    const single = [
      ...(isActive(run.state) && run.state !== 'cancelling' ? [command('cancel', 'Cancel')] : []),
      ...(run.resumable === true ? [command('resume', 'Resume', true)] : []),
    ];
    return [
      ...(isComparison ? [] : single),
      command('compare', 'Compare…'),
      command('export', 'Export…'),
      command('openHtml', 'Open as HTML'),
      ...(isComparison ? [] : [command('openBenchmark', 'Open Benchmark'), command('openLog', 'Log')]),
    ];
  }

  #send(command: Command): void {
    this.dispatchEvent(new CustomEvent<Command>('command', { detail: command }));
  }
}

function renderDataset({ dataset }: Report) {
  if (dataset === undefined) return nothing;
  const training = dataset.trainingRows > 0 ? `, ${countOf(dataset.trainingRows, 'training row')}` : '';
  return html`<span title=${`${showUnseen(dataset.path)} ${dataset.digest}`}>
    ${showUnseen(baseName(dataset.path))} <code>${shortDigest(dataset.digest)}</code>${training}
  </span>`;
}

/** Registered versions of which nobody knows whether they are what answered. */
function renderDoubts({ variants }: Report) {
  const names = variants.flatMap(({ identity }) => (identity?.state === 'unverified' ? identity.name : []));
  if (names.length === 0) return nothing;
  const text = `identity unverified: ${showUnseen([...new Set(names)].join(', '))}`;
  return html`<span class="state tone-warn" dir="auto">${icon('warning')} ${text}</span>`;
}

defineElement('aiwb-run-header', RunHeader);
