import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { defineElement } from '../shared/define.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';

/** Text is shown as text, whatever it holds; a template is for links and the like. */
export type Fact = readonly [name: string, value: string | TemplateResult];

/** Names and values, one a line. With `heading`, closed at first behind it. */
export class FactList extends LitElement {
  static override properties = { facts: { attribute: false }, heading: {} };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      summary {
        cursor: pointer;
        font-weight: 600;
        padding: 2px 0;
      }
      dl {
        display: grid;
        grid-template-columns: fit-content(40%) minmax(0, 1fr);
        gap: 2px 16px;
      }
      details > dl {
        margin: 8px 0 0 16px;
      }
      dt {
        min-width: 10ch;
        overflow-wrap: anywhere;
        color: var(--vscode-descriptionForeground);
      }
      dd {
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare facts: readonly Fact[] | undefined;
  declare heading: string | undefined;

  override render() {
    const facts = this.facts ?? [];
    if (facts.length === 0) return nothing;
    const list = html`<dl>
      ${facts.map(
        ([name, value]) =>
          html`<dt dir="auto">${clipLine(name, 120)}</dt>
            <dd dir="auto">${typeof value === 'string' ? clipLine(value, 600) : value}</dd>`,
      )}
    </dl>`;
    if (this.heading === undefined) return list;
    return html`<details>
      <summary>${this.heading}</summary>
      ${list}
    </details>`;
  }
}

defineElement('aiwb-facts', FactList);
