import type {
  AskDisagreements,
  AskWholeSample,
  AskSamples,
  DisagreementPage,
  DisagreementQuery,
  SamplePage,
  SampleQuery,
  SampleReference,
  SampleRow,
  ShowDisagreements,
  ShowWholeSample,
  ShowSamples,
} from '../../schemas/generated/messages.ts';
import type { Requests } from './requests.ts';

/** Where a view reads samples from. All throw `RequestFailed` with the host's words, or the signal's reason. */
export interface SamplesSource {
  readonly samples: (query: SampleQuery, signal: AbortSignal) => Promise<SamplePage>;
  /** A sample with its whole texts; absent where lists have them whole. */
  readonly sample?: (reference: SampleReference, signal: AbortSignal) => Promise<SampleRow>;
  /** Absent where rows of several models cannot be asked for. */
  readonly disagreements?: (query: DisagreementQuery, signal: AbortSignal) => Promise<DisagreementPage>;
}

type Question = AskSamples | AskWholeSample | AskDisagreements;
type Answer = ShowSamples | ShowWholeSample | ShowDisagreements;

/** Lists show a line of each text; an opened row asks for the rest. */
const textLimit = 1000;

/** The samples of runs that the host can ask its engine for. */
export function createHostSamples(requests: Requests<Question, { readonly type: string }>): SamplesSource {
  return {
    async samples(query, signal) {
      const whole = { textLimit, ...query };
      const answer = await requests.ask(request => ({ type: 'samples', request, query: whole }), signal);
      return expectKind(answer, 'samples').page;
    },
    async sample(reference, signal) {
      const answer = await requests.ask(request => ({ type: 'wholeSample', request, reference }), signal);
      return expectKind(answer, 'wholeSample').row;
    },
    async disagreements(query, signal) {
      const answer = await requests.ask(request => ({ type: 'disagreements', request, query }), signal);
      return expectKind(answer, 'disagreements').page;
    },
  };
}

function expectKind<Kind extends Answer['type']>(
  answer: { readonly type: string },
  kind: Kind,
): Extract<Answer, { readonly type: Kind }> {
  if (answer.type !== kind) throw new Error('The answer to a question was of another kind.');
  return answer as Extract<Answer, { readonly type: Kind }>;
}
