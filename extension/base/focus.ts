import type { Evidence, FocusSamples, SampleReference } from '../../schemas/generated/messages.ts';

/** Where a figure comes from, its wrong answers first; undefined for evidence that is no figure of particular rows. */
export function focusOf({ kind, variant, slice }: Evidence): FocusSamples | undefined {
  if (kind !== 'run' || (variant === undefined && slice === undefined)) return undefined;
  return {
    type: 'focus',
    filter: 'wrong',
    ...(variant === undefined ? {} : { variant }),
    ...(slice === undefined ? {} : { slice }),
  };
}

/** The way to one sample by its permanent name. */
export function focusOnSample({ runId, id }: SampleReference): FocusSamples {
  return { type: 'focus', sample: id, runId };
}

/** Whether a command's second argument is where to look: menus pass their selected rows there. The page checks the rest. */
export function isFocus(value: unknown): value is FocusSamples {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'focus';
}
