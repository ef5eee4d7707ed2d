import type { HostToPromptPage, PromptPageToHost } from '../../schemas/generated/messages.ts';
import type { ReadWhole } from '../components/answer-card.ts';
import { RequestFailed } from '../shared/requests.ts';

/** Asks the host for whole answers, and pairs what comes with what was asked. */
export interface WholeAnswers {
  readonly read: ReadWhole;
  receive(message: HostToPromptPage): void;
}

export function createWholeAnswers(post: (message: PromptPageToHost) => void): WholeAnswers {
  const pending = new Map<number, PromiseWithResolvers<string>>();
  let last = 0;
  return {
    read(sample) {
      const request = ++last;
      const asked = Promise.withResolvers<string>();
      pending.set(request, asked);
      post({ type: 'sample', request, sample });
      return asked.promise;
    },
    receive(message) {
      if (!('request' in message) || message.request === undefined) return;
      const asked = pending.get(message.request);
      pending.delete(message.request);
      if (message.type === 'failure') asked?.reject(new RequestFailed(message.failure));
      else asked?.resolve(message.sample.output ?? '');
    },
  };
}
