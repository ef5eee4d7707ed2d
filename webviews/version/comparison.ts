import { html, nothing } from 'lit';
import type { VersionComparison, VersionDetails } from '../../schemas/generated/messages.ts';
import '../components/difference-table.ts';
import '../components/message-panel.ts';
import '../components/verdict-list.ts';
import { versionName } from '../shared/registry-words.ts';
import { section } from '../shared/section.ts';
import { showUnseen } from '../shared/text.ts';
import './apart-figures.ts';
import './compared-figures.ts';
import { comparisonVerdicts, splitFigures } from './split-figures.ts';
import './version-list.ts';

/** Several versions side by side: the verdict, the versions, and what was measured on the same rows and apart. */
export function renderComparison(comparison: VersionComparison) {
  const { versions, settings } = comparison;
  const names = columnNames(versions);
  const { comparable, apart } = splitFigures(comparison);
  const verdict = comparisonVerdicts(comparable, names);
  return html`
    ${verdict.length === 0 ? nothing : section('verdict', 'Verdict', html`<aiwb-verdict-list .items=${verdict}></aiwb-verdict-list>`)}
    ${section('versions', 'Versions', html`<aiwb-version-list .versions=${versions} .names=${names}></aiwb-version-list>`)}
    ${section(
      'figures',
      'Measured on the same rows',
      comparable.length === 0
        ? html`<aiwb-message
            text="These versions were never measured on the same rows."
            hint="Run one benchmark with all of them and publish its results."
          ></aiwb-message>`
        : html`<aiwb-compared-figures .groups=${comparable} .columns=${names}></aiwb-compared-figures>`,
    )}
    ${
      apart.length === 0
        ? nothing
        : section(
            'apart',
            'Not comparable',
            html`<p class="muted">
                Measured by one version alone on these rows, or on hardware that differs or that nobody recorded: the
                figures do not say which version is better.
              </p>
              <aiwb-apart-figures .groups=${apart} .names=${names}></aiwb-apart-figures>`,
          )
    }
    ${section('settings', 'Settings that differ', html`<aiwb-difference-table .differences=${settings} .columns=${names}></aiwb-difference-table>`)}
  `;
}

/** `@3` where all are versions of one model. */
function columnNames(versions: readonly VersionDetails[]): readonly string[] {
  const isOneModel = new Set(versions.map(({ version }) => `${version.registry ?? ''}/${version.model}`)).size === 1;
  return versions.map(({ version }) => (isOneModel ? `@${showUnseen(version.version)}` : versionName(version)));
}
