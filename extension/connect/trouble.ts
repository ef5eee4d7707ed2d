import type { Failure } from '../../schemas/generated/messages.ts';
import { describeFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Choice } from './ask.ts';
import type { Draft } from './draft.ts';
import { plain, wrap } from './words.ts';

/** Characters that a line of the quick input holds at its usual width. */
const lineWidth = 78;

/** A failure in full, in as many lines as it takes: they are there to be read. */
export function failureLines(failure: Failure, group: string): Choice<never>[] {
  const sentence = plain(describeFailure(failure));
  // The heading stands at the end of the first line.
  const [first = ''] = wrap(sentence, lineWidth - group.length);
  const rest = wrap(sentence.slice(first.length).trim(), lineWidth);
  return [
    { label: first, icon: 'error', group, isAlwaysShown: true },
    ...rest.map((label): Choice<never> => ({ label, icon: 'blank', group, isAlwaysShown: true })),
  ];
}

/** The questions whose answer could be wrong, in the order in which it usually is. */
export function waysBack<T>({ provider, isDetected }: Draft, from: string, to: (step: string) => T): Choice<T>[] {
  const group = t('What now?');
  const isServer = provider?.address !== undefined && isDetected !== true;
  const asksKey = provider?.key !== 'none' && isDetected !== true;
  const steps: readonly (readonly [isAsked: boolean, label: string, step: string])[] = [
    [asksKey, t('Change the Key'), 'key'],
    [provider?.model !== 'none', t('Change the Model'), 'model'],
    [isServer, t('Change the Address'), 'address'],
    [['http', 'command', 'replay'].includes(provider?.provider ?? ''), t('Change What Is Asked'), 'details'],
  ];
  return steps
    .filter(([isAsked, , step]) => isAsked && step !== from)
    .map(([, label, step]) => ({ label, icon: 'arrow-left', group, value: to(step) }));
}
