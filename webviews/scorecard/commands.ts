import type { ScorecardCommand } from '../../schemas/generated/messages.ts';

export type Command = Omit<ScorecardCommand, 'type'>;

/** Asks the page, from anywhere in it, to tell its host what the user wants. */
export function sendCommand(element: HTMLElement, command: Command): void {
  element.dispatchEvent(new CustomEvent<Command>('command', { detail: command, bubbles: true, composed: true }));
}

/** Asks the page to bring a control into view. */
export function jumpTo(element: HTMLElement, control: string): void {
  element.dispatchEvent(new CustomEvent<string>('jump', { detail: control, bubbles: true, composed: true }));
}
