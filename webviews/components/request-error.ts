import { html } from 'lit';
import { RequestFailed } from '../shared/requests.ts';
import './message-panel.ts';

/** Why a question to the host was not answered, in the host's words where it has any. */
export function renderRequestError(error: unknown, text: string) {
  const failure = error instanceof RequestFailed ? error.failure : undefined;
  return html`<aiwb-message .failure=${failure} kind="error" text=${text} hint=${String(error)}></aiwb-message>`;
}
