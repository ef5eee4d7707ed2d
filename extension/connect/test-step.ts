import type { TestedConnection } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import type { ConnectDesk } from './desk.ts';
import { titleOf, type Draft } from './draft.ts';
import type { Step } from './flow.ts';
import { describeAnswer, wrap } from './words.ts';

/** Characters that a line of the quick input holds at its usual width. */
const lineWidth = 78;

type TestAnswer = 'on' | 'again' | { readonly to: string };

/** One small question to the draft, and what came of it. Nobody has to wait for it, or be stopped by it. */
export function testStep(asker: Asker, desk: ConnectDesk): Step<Draft> {
  return {
    id: 'test',
    isFor: ({ provider }) => provider !== undefined,
    async ask(draft, place) {
      for (;;) {
        const answer = await asker.pick<TestAnswer>({
          title: t('Test: {0}', titleOf(draft)),
          place,
          placeholder: t('One small question is asked'),
          choices: [{ label: t('Go On Without a Test'), icon: 'debug-step-over', value: 'on' }],
          load: async signal => resultChoices(draft, await tested(desk, draft, signal)),
        });
        if (answer === undefined || answer === 'back') return answer;
        if (answer.value === 'on') return { state: draft };
        if (answer.value !== 'again') return { to: answer.value.to };
      }
    },
  };
}

async function tested(desk: ConnectDesk, draft: Draft, signal: AbortSignal): Promise<TestedConnection> {
  try {
    return await desk.test(draft, signal);
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

function resultChoices(draft: Draft, { answer, failure }: TestedConnection): Choice<TestAnswer>[] {
  if (answer !== undefined) {
    const took = describeAnswer(answer);
    return [
      {
        label: t('It Works: Go On'),
        icon: 'pass',
        ...(took === '' ? {} : { description: took }),
        ...(answer.output === '' ? {} : { detail: t('“{0}”', answer.output.slice(0, 200)) }),
        value: 'on',
        isChosen: true,
      },
      again(),
    ];
  }
  const sentence = describeFailure(failure ?? { code: 'internal', message: t('Nothing came back.') });
  const [first = '', ...rest] = wrap(sentence.replace(/\s+/g, ' '), lineWidth);
  return [
    { label: first, icon: 'error', group: t('It does not work') },
    ...rest.map((label): Choice<TestAnswer> => ({ label, icon: 'blank', group: t('It does not work') })),
    { ...again(), group: t('What now?'), isChosen: true },
    ...waysBack(draft),
    {
      label: t('Go On Anyway'),
      icon: 'debug-step-over',
      description: t('and correct it later in workbench.yaml'),
      group: t('What now?'),
      value: 'on',
    },
  ];
}

function again(): Choice<TestAnswer> {
  return { label: t('Test Again'), icon: 'refresh', value: 'again' };
}

/** What could be wrong, in the order in which it usually is. */
function waysBack({ provider, isDetected }: Draft): Choice<TestAnswer>[] {
  const group = t('What now?');
  const way = (label: string, to: string): Choice<TestAnswer> => ({ label, icon: 'arrow-left', group, value: { to } });
  const isServer = provider?.address !== undefined && isDetected !== true;
  return [
    ...(provider?.key !== 'none' && isDetected !== true ? [way(t('Change the Key'), 'key')] : []),
    ...(provider?.model === 'none' ? [] : [way(t('Change the Model'), 'model')]),
    ...(isServer ? [way(t('Change the Address'), 'address')] : []),
    ...(['http', 'command', 'replay'].includes(provider?.provider ?? '')
      ? [way(t('Change What Is Asked'), 'details')]
      : []),
  ];
}
