import type {
  AssessmentComparison,
  ControlHistory,
  HostToScorecardPage,
  ScorecardPageToHost,
} from '../../schemas/generated/messages.ts';
import type { FetchExcerpt } from '../components/quote-viewer.ts';
import { createRequests } from '../shared/requests.ts';

/** What the page asks its host. Each rejects with the host's words. */
export interface ScorecardAsks {
  compare(before: string, after: string, signal: AbortSignal): Promise<AssessmentComparison>;
  history(control: string, signal: AbortSignal): Promise<ControlHistory>;
  readonly excerpt: FetchExcerpt;
  /** Tells whether a message was the answer to a question. */
  receive(message: HostToScorecardPage): boolean;
}

export function createScorecardAsks(post: (message: ScorecardPageToHost) => void): ScorecardAsks {
  const requests = createRequests<ScorecardPageToHost, HostToScorecardPage>(post);

  async function ask<Type extends HostToScorecardPage['type']>(
    type: Type,
    build: (request: number) => ScorecardPageToHost,
    signal: AbortSignal,
  ): Promise<Extract<HostToScorecardPage, { type: Type }>> {
    const answer = await requests.ask(build, signal);
    if (answer.type !== type) throw new Error(`The answer is of another kind: ${answer.type}.`);
    return answer as Extract<HostToScorecardPage, { type: Type }>;
  }

  return {
    async compare(before, after, signal) {
      const build = (request: number) => ({ type: 'compare' as const, request, before, after });
      return (await ask('comparison', build, signal)).comparison;
    },
    async history(control, signal) {
      const build = (request: number) => ({ type: 'controlHistory' as const, request, control });
      return (await ask('controlHistory', build, signal)).history;
    },
    async excerpt(place, signal) {
      const build = (request: number) => ({ type: 'documentText' as const, request, ...place });
      return (await ask('documentText', build, signal)).excerpt;
    },
    receive: message => requests.receive(message),
  };
}
