import { t } from '../base/translate.ts';
import type { Asker } from './ask.ts';
import type { ConnectDesk } from './desk.ts';
import type { Draft } from './draft.ts';
import type { Step } from './flow.ts';
import { suggestName } from './words.ts';

/** What benchmarks call it. */
export function nameStep(asker: Asker, { taken }: ConnectDesk): Step<Draft> {
  return {
    id: 'name',
    isFor: () => true,
    async ask(draft, place) {
      const answer = await asker.input({
        title: t('Name of the Connection'),
        place,
        prompt: t('Benchmarks name it under "models". It is written into workbench.yaml'),
        value: draft.name ?? suggestName(draft.model ?? draft.provider?.id ?? '', taken),
        check: text => {
          if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(text))
            return { message: t('A letter, then letters, digits, "_" and "-", at most 64.') };
          return taken.includes(text)
            ? { message: t('workbench.yaml has a connection {0} already.', text) }
            : undefined;
        },
      });
      if (answer === undefined || answer === 'back') return answer;
      return { state: { ...draft, name: answer.value } };
    },
  };
}
