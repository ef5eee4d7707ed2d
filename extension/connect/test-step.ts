import type { TestedConnection } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Asker, Choice } from './ask.ts';
import type { ConnectDesk } from './desk.ts';
import { titleOf, type Draft } from './draft.ts';
import type { Step } from './flow.ts';
import { failureLines, waysBack } from './trouble.ts';
import { describeAnswer } from './words.ts';

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
  const said = failure ?? { code: 'internal', message: t('Nothing came back.') };
  return [
    ...failureLines(said, t('It does not work')),
    { ...again(), group: t('What now?'), isChosen: true },
    ...waysBack<TestAnswer>(draft, 'test', to => ({ to })),
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
