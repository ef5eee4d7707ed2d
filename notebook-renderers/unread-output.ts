import { html, type TemplateResult } from 'lit';
import '../webviews/components/message-panel.ts';
import type { ReadOutput } from './read-output.ts';

/** What stands in place of an output that cannot be shown. `noun` is what it should hold, such as `run`. */
export function renderUnread(kind: Exclude<ReadOutput<unknown>['kind'], 'output'>, noun: string): TemplateResult {
  if (kind === 'newer') {
    return html`<aiwb-message
      text="This output was made by a newer AI Workbench."
      hint="Update the extension to see it, or run the cell again."
    ></aiwb-message>`;
  }
  return html`<aiwb-message
    kind="warning"
    text="This output holds no ${noun} that AI Workbench can read."
    hint="Run the cell again."
  ></aiwb-message>`;
}
