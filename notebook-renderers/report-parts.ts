import { html } from 'lit';
import { until } from 'lit/directives/until.js';
import type { Report } from '../schemas/generated/messages.ts';
import type { SamplesSource } from '../webviews/shared/samples-source.ts';
import type { OutputChoices } from './output-memory.ts';
import type { OutputPart } from './output-parts.ts';
import type { ReportPartId } from './report-part-id.ts';

interface ReportParts {
  readonly report: Report;
  readonly choices: OutputChoices | undefined;
  /** Absent where nobody can be asked for rows. */
  readonly source: SamplesSource | undefined;
  choose(change: Partial<OutputChoices>): void;
}

/** The parts that a report has. Nothing of them is loaded before one is opened. */
export function reportParts({ report, choices, source, choose }: ReportParts): readonly OutputPart[] {
  const { variants, comparisons, differences } = report;
  if (variants.length === 0) return [];
  const isAsked = source !== undefined;
  const hasWorst = variants.some(({ worst }) => worst !== undefined);
  const known: readonly (readonly [ReportPartId, string, boolean])[] = [
    ['charts', 'Charts', true],
    ['slices', 'Slices', variants.some(({ slices }) => slices.length > 0)],
    [
      'matrix',
      'Confusion matrix',
      variants.some(({ confusion, confusions }) => (confusions ?? confusion) !== undefined),
    ],
    ['comparisons', 'Differences', comparisons.length > 0],
    ['settings', 'Settings', differences !== undefined],
    ['disagreements', 'Disagreements', isAsked && variants.length > 1],
    ['worst', 'Worst rows', isAsked && hasWorst],
    ['samples', 'Samples', isAsked || hasWorst],
  ];
  return known
    .filter(([, , isThere]) => isThere)
    .map(([id, label]) => ({
      id,
      label,
      draw: () =>
        html`${until(loadParts(), html`<p class="muted" role="status">Reading…</p>`)}<aiwb-report-part
            kind=${id}
            .report=${report}
            .source=${source}
            .choices=${choices}
            @choices-changed=${({ detail }: CustomEvent<Partial<OutputChoices>>) => choose(detail)}
          ></aiwb-report-part>`,
    }));
}

let loading: Promise<unknown> | undefined;

/** Resolves with nothing to show, or with why there is nothing. */
function loadParts(): Promise<unknown> {
  loading ??= import('./report-part.ts').then(
    () => '',
    () => {
      loading = undefined;
      return html`<aiwb-message
        kind="error"
        text="This part could not be loaded."
        hint="Reload the window if the extension was updated meanwhile."
      ></aiwb-message>`;
    },
  );
  return loading;
}
