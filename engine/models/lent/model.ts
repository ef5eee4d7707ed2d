import type { Connection } from '../../../schemas/generated/files.ts';
import type { LentReply, LentRequest } from '../../../schemas/generated/messages.ts';
import type { ConnectContext, Opener } from '../connect-context.ts';
import { countCharacters, type Answer, type Model, type ModelParameters, type Question } from '../model.ts';
import { AttemptFailure } from '../pacing/attempt-failure.ts';
import { createPacer } from '../pacing/pacer.ts';
import { toLentMessages } from './messages.ts';
import { estimateTokens } from '../cost.ts';
import { createReplies } from './replies.ts';

type Lent = Extract<Connection, { provider: 'vscode-lm' }>;

/** Raised when what is sent changes in a way that makes older cached answers differ. */
const version = 1;

/** Most questions that one run has with VS Code at once: the models are there for a person, and their quota is that person's. */
const mostAtOnce = 4;

/**
 * One of VS Code's own language models, asked through the store: a window that serves it answers. It knows no system role, usage or time to
 * the first token, so no latency is claimed, token counts are estimates, and there is no cost. `answer` throws `window-missing` when no
 * window took the question by its deadline.
 */
export const openLent: Opener<Lent> = (connection, context) => Promise.resolve(createLentModel(connection, context));

/** Questions a run has with a lent model at once. */
export function lentConcurrency(concurrency: number): number {
  return Math.min(mostAtOnce, concurrency);
}

function createLentModel(connection: Lent, { name, limits, retries, lent, ports }: ConnectContext): Model {
  const { clock, digest, random } = ports;
  const concurrency = lentConcurrency(limits.concurrency);
  const pacer = createPacer({ name, limits: { ...limits, concurrency }, retries: { retries } }, clock, random);
  const replies = createReplies(name, lent, clock);

  async function ask(request: LentRequest, timeout: number, signal: AbortSignal): Promise<Lended> {
    const id = await lent.ask(request, clock.now() + timeout);
    const { text, model, failure } = await replies.await(id, timeout, signal);
    if (failure !== undefined) {
      throw new AttemptFailure(failure.class, failure.message, { permanent: failure.permanent ?? false });
    }
    if (text === undefined) throw new AttemptFailure('malformed', `VS Code's model answered without a text.`);
    return { text, model };
  }

  return {
    name,
    digest: digest.sha256(
      JSON.stringify(['lent', version, connection.vendor ?? '', connection.family, connection.parameters ?? {}]),
    ),
    async answer(question, signal) {
      signal.throwIfAborted();
      const request = toRequest(connection, name, question);
      let attempts = 0;
      const lended = await pacer.run(number => {
        attempts = number;
        return ask(request, question.timeout, signal);
      }, signal);
      return toAnswer(lended, question, attempts);
    },
    get waitingFor() {
      return replies.isWaiting ? 'window' : undefined;
    },
    close: () => Promise.resolve(),
  };
}

interface Lended {
  readonly text: string;
  readonly model: LentReply['model'];
}

function toRequest({ family, vendor, parameters }: Lent, name: string, question: Question): LentRequest {
  return {
    connection: name,
    family,
    ...(vendor === undefined ? {} : { vendor }),
    messages: toLentMessages(name, question.messages),
    parameters: toParameters({ ...parameters, ...question.parameters }),
  };
}

/** How hard to think is no setting that VS Code passes on. */
function toParameters({ temperature, topP, maxTokens, seed, stop }: ModelParameters): LentRequest['parameters'] {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop: [...stop] }),
  };
}

function toAnswer({ text, model }: Lended, question: Question, attempts: number): Answer {
  return {
    output: text,
    inputTokens: estimateTokens(countCharacters(question.messages)),
    outputTokens: estimateTokens(text.length),
    estimatedTokens: true,
    attempts,
    ...(model === undefined ? {} : { fingerprint: model }),
  };
}
