import { html, nothing, type TemplateResult } from 'lit';
import type { SearchReport, TuningCommand } from '../../schemas/generated/messages.ts';
import '../components/search-table.ts';
import { icon } from '../shared/icons.ts';
import { section } from '../shared/section.ts';
import { isActive, stateWords } from '../shared/words.ts';
import type { SendCommand } from './header.ts';

/** The search that a run is a trial of, as it goes on, with what can be done with it as a whole. */
export function searchSection(search: SearchReport, isStandalone: boolean, send: SendCommand): TemplateResult {
  const { text, icon: name, tone } = stateWords(search.run.state);
  return section(
    'search',
    'Search',
    html`<p class="standing">
        <span class="tone-${tone}">${icon(name)} ${text}</span>
        ${isStandalone ? nothing : html`<span class="no-print">${buttonsOf(search).map(button => renderButton(button, send))}</span>`}
      </p>
      <aiwb-search-table
        .search=${search}
        ?readOnly=${isStandalone}
        @open-run=${({ detail: runId }: CustomEvent<string>) => send({ command: 'openRun', runId })}
      ></aiwb-search-table>`,
  );
}

interface SearchButton {
  readonly label: string;
  readonly command: Omit<TuningCommand, 'type'>;
}

/** Cancelling and resuming one of its trials does so with the whole search. */
function buttonsOf({ run, trials }: SearchReport): readonly SearchButton[] {
  const active = trials.find(({ state }) => state !== undefined && isActive(state))?.runId;
  const stopped = trials.find(({ state }) => state === 'failed' || state === 'cancelled' || state === 'lost')?.runId;
  const begun = trials.flatMap(({ runId }) => runId ?? []);
  return [
    ...(active === undefined || run.state === 'cancelling'
      ? []
      : [{ label: 'Cancel Search', command: { command: 'cancel', runId: active } } as const]),
    // One that stopped between two trials is gone on with from its first.
    ...(run.resumable !== true
      ? []
      : [{ label: 'Resume Search', command: { command: 'resume', runId: stopped ?? run.id } } as const]),
    ...(begun.length < 2 ? [] : [{ label: 'Compare Trials', command: { command: 'compare', runIds: begun } } as const]),
  ];
}

function renderButton({ label, command }: SearchButton, send: SendCommand) {
  return html`<button type="button" class="button" @click=${() => send(command)}>${label}</button> `;
}
