import { css, html, LitElement } from 'lit';
import type { TuningReport } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { regressionSentences } from '../shared/tuning-verdicts.ts';

/** What tuning made worse, beside what it made better. */
export class RegressionList extends LitElement {
  static override properties = { report: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      .box {
        padding: 8px 12px;
        border: 1px solid var(--aiwb-line-strong);
        border-inline-start-width: 3px;
        border-radius: 4px;
      }
      .box.some {
        border-inline-start-color: var(--vscode-editorWarning-foreground, var(--vscode-charts-orange));
      }
      .box.none {
        border-inline-start-color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
      }
      li {
        display: flex;
        gap: 8px;
        padding: 2px 0;
        overflow-wrap: anywhere;
      }
      li > .icon {
        flex: none;
        margin-top: 2px;
      }
    `,
  ];
  declare report: TuningReport | undefined;

  override render() {
    const { report } = this;
    const sentences = report === undefined ? [] : regressionSentences(report);
    return html`<div class="box ${sentences.length === 0 ? 'none' : 'some'}">
      <h3>Got worse</h3>
      ${
        sentences.length === 0
          ? html`<p class="muted">Nothing that was measured on the base and the tuned model.</p>`
          : html`<ul>
              ${sentences.map(sentence => html`<li class="tone-warn">${icon('warning')}<span dir="auto">${clipLine(sentence, 600)}</span></li>`)}
            </ul>`
      }
    </div>`;
  }
}

defineElement('aiwb-regression-list', RegressionList);
