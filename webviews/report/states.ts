import { html, nothing } from 'lit';
import type { RunFileFacts, RunSummary } from '../../schemas/generated/messages.ts';
import '../components/message-panel.ts';
import { formatCount } from '../shared/format.ts';
import { isActive } from '../shared/words.ts';
import { standingOf, type PageModel } from './page-model.ts';

/** Before the host has told anything. */
export function renderWaiting({ failure }: PageModel) {
  if (failure !== undefined) return html`<aiwb-message .failure=${failure}></aiwb-message>`;
  return html`<aiwb-message kind="busy" text="Reading the run…"></aiwb-message>`;
}

/** Of a run without results. */
export function renderNothingYet(run: RunSummary | undefined) {
  if (run !== undefined && isActive(run.state)) {
    return html`<aiwb-message
      text="No results yet."
      hint="They appear here as soon as models have answered."
    ></aiwb-message>`;
  }
  if (run?.failure !== undefined) return nothing;
  // Its end is told before its results are.
  if (run !== undefined && run.progress.done > 0) {
    return html`<aiwb-message kind="busy" text="Reading the results…"></aiwb-message>`;
  }
  const hint =
    run?.resumable === true ? 'Resume goes on where the run stopped.' : 'Open the benchmark and run it again.';
  return html`<aiwb-message text="This run ended before any model answered." hint=${hint}></aiwb-message>`;
}

/** How far the results reach, where that is not all. */
export function renderStanding(model: PageModel) {
  const standing = standingOf(model);
  if (standing.kind === 'partial') {
    const text = `Results so far, from ${formatCount(standing.covered)} of ${formatCount(standing.total)} samples. They may change.`;
    return html`<p class="standing muted">${text}</p>`;
  }
  if (standing.kind === 'stale') {
    const text = `These results cover ${formatCount(standing.covered)} of the ${formatCount(standing.done)} samples that are done.`;
    return html`<aiwb-message
      class="standing"
      kind="warning"
      text=${text}
      hint="They are being computed anew."
    ></aiwb-message>`;
  }
  return nothing;
}

/** Changes where a file was written anew under its page. */
export function fileEdition(file: RunFileFacts | undefined): string {
  return file === undefined ? '' : `${file.exportedAt ?? 0} ${file.samples.held} ${file.read ?? ''}`;
}

/** Of a page that shows a file: what of the samples is in it. */
export function renderFileNote({ samples: { held, total }, read, isCut }: RunFileFacts) {
  if (isCut === true) {
    return html`<aiwb-message
      class="standing"
      kind="warning"
      text=${`The file is cut off: ${formatCount(read ?? 0)} of its ${formatCount(held)} samples could be read.`}
      hint="Export the run again, or copy the file again."
    ></aiwb-message>`;
  }
  if (read !== undefined) {
    return html`<aiwb-message
      class="standing"
      kind="warning"
      text=${`The file is large: the first ${formatCount(read)} of its ${formatCount(held)} samples are shown.`}
      hint="Import it to look at all of them."
    ></aiwb-message>`;
  }
  if (total === 0 || held >= total) return nothing;
  const sentence =
    held === 0
      ? `This file holds the figures, and none of the ${formatCount(total)} samples behind them.`
      : `This file holds ${formatCount(held)} of ${formatCount(total)} samples, wrong and failed ones first.`;
  return html`<p class="standing muted">${sentence}</p>`;
}

/** Of a self-contained file, which carries some rows only. */
export function renderEmbeddedNote(total: number) {
  return html`<p class="standing muted">
    This file carries some of the ${formatCount(total)} wrong answers of the first run. All samples are in AI Workbench.
  </p>`;
}
