import type { Connection } from '../../../schemas/generated/files.ts';
import type { ConnectionAnswer, Failure, TestedConnection } from '../../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import { costOf } from '../cost.ts';
import type { Digest } from '../../ports/digest.ts';
import { openConnection } from '../connect.ts';
import type { ConnectContext } from '../connect-context.ts';
import { priceOf } from '../connections.ts';
import { AnswerFailure, type Answer, type Media, type Model, type Question } from '../model.ts';
import { AttemptFailure } from '../pacing/attempt-failure.ts';
import { oneSecondOfSilence } from './silence.ts';

const words = 'Reply with the single word OK.';

/** Milliseconds for the answer: a server may have to load its model first. */
const patience = 90_000;

/** Room for a model that thinks before it says a word. */
const mostTokens = 512;

/**
 * Asks a connection one small question, once: its answer with what it took, or what went wrong. Only an abort throws.
 * What an endpoint says comes back as it is, as text.
 */
export async function tryConnection(
  connection: Connection,
  context: Pick<ConnectContext, 'name' | 'folder' | 'ports' | 'runs' | 'lent'>,
  signal: AbortSignal,
): Promise<TestedConnection> {
  try {
    if (connection.provider === 'replay') return await openOnly(connection, context, signal);
    const model = await openConnection(connection, { ...context, limits: { concurrency: 1 }, retries: 0 }, signal);
    try {
      return { answer: await ask(model, connection, context.ports.digest, signal) };
    } finally {
      await model.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return { failure: describeFailure(error, context.name) };
  }
}

/** What was recorded answers the rows it was recorded for: that it can be read is all there is to try. */
async function openOnly(
  connection: Connection,
  context: Pick<ConnectContext, 'name' | 'folder' | 'ports' | 'runs' | 'lent'>,
  signal: AbortSignal,
): Promise<TestedConnection> {
  const model = await openConnection(connection, { ...context, limits: { concurrency: 1 }, retries: 0 }, signal);
  await model.close();
  return { answer: { output: '' } };
}

async function ask(
  model: Model,
  connection: Connection,
  digest: Digest,
  signal: AbortSignal,
): Promise<ConnectionAnswer> {
  const api = 'api' in connection ? connection.api : undefined;
  if (api === 'embeddings' && model.embed !== undefined) {
    const { vectors, inputTokens } = await model.embed([words], patience, signal);
    const [vector] = vectors;
    return {
      output: '',
      ...(vector === undefined ? {} : { dimensions: vector.length }),
      ...(inputTokens === undefined ? {} : { inputTokens }),
    };
  }
  const audio = api === 'transcriptions' ? silence(digest) : undefined;
  const answer = await model.answer(question(connection, audio), signal);
  return toConnectionAnswer(answer, costOf(answer, priceOf(connection)));
}

function question(connection: Connection, audio: Media | undefined): Question {
  const own = 'parameters' in connection ? connection.parameters?.maxTokens : undefined;
  return {
    input: words,
    messages: [{ role: 'user', content: words }],
    parameters: { maxTokens: own ?? mostTokens },
    stream: true,
    timeout: patience,
    // A template may name any column: `input` is what every row has.
    values: { input: words },
    ...(audio === undefined ? {} : { audio }),
  };
}

function silence(digest: Digest): Media {
  const bytes = oneSecondOfSilence();
  return { mediaType: 'audio/wav', bytes, digest: digest.sha256(bytes) };
}

function toConnectionAnswer(answer: Answer, cost: number | undefined): ConnectionAnswer {
  const { output, latencyMs, firstTokenMs, inputTokens, outputTokens, estimatedTokens, fingerprint } = answer;
  return {
    output,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(estimatedTokens === undefined ? {} : { estimatedTokens }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** A failure as the person who connects it should read it: here nothing but this one question is under way. */
export function describeFailure(error: unknown, name: string): Failure {
  if (error instanceof AnswerFailure || error instanceof AttemptFailure) {
    if (error.class !== 'timeout') return { code: error.class, message: error.message };
    return {
      code: 'timeout',
      message: `${name} did not answer in time.`,
      remedy: 'Check the address and the proxy. A server that is still loading its model answers if it is asked again.',
    };
  }
  const { code, message, remedy } = error instanceof WorkbenchError ? error : toWorkbenchError(error);
  return { code, message, ...(remedy === undefined ? {} : { remedy }) };
}
