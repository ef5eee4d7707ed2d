import { css, html, LitElement, nothing } from 'lit';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import './drop-menu.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** More than these are searched; so many show at once. */
const searchedFrom = 20;
const mostShown = 100;

/** Any number of choices behind one button, searched where there are many. With none chosen, `every` says what that means. Fires `chosen-changed` with the values. */
export class ChoiceMenu extends LitElement {
  static override properties = {
    label: {},
    every: {},
    isUsual: { type: Boolean },
    choices: { attribute: false },
    chosen: { attribute: false },
    sought: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: none;
        min-width: 0;
      }
      label {
        display: flex;
        gap: 6px;
        align-items: flex-start;
        padding: 2px 0;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      input {
        flex: none;
        margin: 3px 0 0;
        accent-color: var(--vscode-focusBorder);
      }
      .clear {
        margin-top: 4px;
      }
      input[type='search'] {
        width: 100%;
        margin: 0 0 4px;
        padding: 2px 6px;
        font: inherit;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        border: 1px solid var(--vscode-settings-textInputBorder, var(--aiwb-line-strong));
        border-radius: 2px;
      }
    `,
  ];
  declare label: string;
  declare every: string;
  /** Whether the chosen ones are what shows anyway: then the button says `every` all the same. */
  declare isUsual: boolean;
  declare choices: readonly Choice[] | undefined;
  declare chosen: readonly string[] | undefined;
  declare sought: string;

  constructor() {
    super();
    this.isUsual = false;
    this.sought = '';
  }

  override render() {
    const choices = this.choices ?? [];
    const chosen = choices.filter(({ value }) => this.chosen?.includes(value) === true);
    const [first] = chosen;
    const value =
      first === undefined || this.isUsual
        ? this.every
        : chosen.length === 1
          ? first.label
          : `${formatCount(chosen.length)} chosen`;
    const wanted = this.sought.toLowerCase();
    const found = choices.filter(({ label }) => label.toLowerCase().includes(wanted));
    return html`<aiwb-drop-menu label=${this.label} value=${value}>
      ${choices.length > searchedFrom ? this.#renderSearch() : nothing}
      <fieldset>
        <legend class="unseen">${this.label}</legend>
        ${found
          .slice(0, mostShown)
          .map(
            choice =>
              html`<label
                ><input
                  type="checkbox"
                  .checked=${chosen.includes(choice)}
                  @change=${(event: Event) => this.#change(choice.value, (event.currentTarget as HTMLInputElement).checked)}
                /><span dir="auto">${showUnseen(choice.label)}</span></label
              >`,
          )}
      </fieldset>
      ${found.length > mostShown ? html`<p class="muted" role="status">The first ${formatCount(mostShown)} of ${formatCount(found.length)}: search for others.</p>` : nothing}
      ${chosen.length === 0 || this.isUsual ? nothing : html`<button type="button" class="link clear" @click=${() => this.#tell([])}>${this.every}</button>`}
    </aiwb-drop-menu>`;
  }

  #renderSearch() {
    return html`<input
      type="search"
      aria-label="Search ${this.label.toLowerCase()}"
      placeholder="Search"
      .value=${this.sought}
      @input=${(event: Event) => (this.sought = (event.currentTarget as HTMLInputElement).value)}
    />`;
  }

  #change(value: string, isChosen: boolean): void {
    const others = (this.chosen ?? []).filter(other => other !== value);
    this.#tell(isChosen ? [...others, value] : others);
  }

  #tell(chosen: readonly string[]): void {
    this.dispatchEvent(new CustomEvent<readonly string[]>('chosen-changed', { detail: chosen }));
  }
}

defineElement('aiwb-choice-menu', ChoiceMenu);
