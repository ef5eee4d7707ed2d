import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { isRecord, readCount } from '../http/json.ts';
import { createSuffixWriter, writeStop } from '../openai/parameters.ts';
import { writePlainText } from '../openai/content.ts';
import type { AskJson, EventKind, HttpCall, Protocol } from '../http/protocol.ts';
import { AnswerFailure, type ModelParameters, type Question } from '../model.ts';
import { createEmbedding } from './embedding.ts';
import { scoreChoices } from './score-choices.ts';

/**
 * The `/completion` API of a llama.cpp server. The server writes the conversation into the model's own chat template first; choices are
 * scored as plain text, by the log-likelihood of their tokens. What answers is told by the model file's name and the server's build.
 */
export function createCompletionProtocol(endpoint: Endpoint, defaults: ModelParameters): Protocol {
  const url = endpoint.urlOf('/completion');
  const templateUrl = endpoint.urlOf('/apply-template');
  const writeSuffix = createSuffixWriter(defaults, writeFields);
  let fingerprint: string | undefined;
  const write = (question: Question, prompt: string): HttpCall => ({
    url,
    body: `{"prompt":${JSON.stringify(prompt)}${writeSuffix(question)}`,
  });
  return {
    id: 'llama-cpp-completion',
    version: 1,
    reply: 'completion of llama.cpp',
    remedy: 'Check that baseUrl is the address of a llama.cpp server, without /v1.',
    async start(ask) {
      fingerprint = readProps(await ask({ method: 'GET', url: endpoint.urlOf('/props') }));
    },
    write: question => write(question, writePlainText(question.messages, endpoint.name)),
    async prepare(question, ask) {
      refuseTools(question, endpoint);
      return write(question, await applyTemplate(question, templateUrl, endpoint, ask));
    },
    score: (question, choices, ask) => scoreChoices(question, choices, endpoint, ask),
    readBody: (body, draft) => readReply(body, draft, fingerprint),
    readEvent: (event, _type, draft): EventKind => (readReply(event, draft, fingerprint) ? 'other' : 'unknown'),
    embedding: createEmbedding(endpoint),
  };
}

function writeFields(parameters: ModelParameters, { stream, responseFormat }: Question): Record<string, unknown> {
  const { temperature, topP, maxTokens, seed } = parameters;
  return {
    n_predict: maxTokens,
    temperature,
    top_p: topP,
    seed,
    stop: writeStop(parameters),
    json_schema: responseFormat && (responseFormat.type === 'json' ? {} : responseFormat.schema),
    stream,
  };
}

function refuseTools({ tools }: Question, { name }: Endpoint): void {
  if (tools === undefined || tools.length === 0) return;
  const what = `${name} cannot be given tools: llama.cpp takes them in its OpenAI-compatible API only.`;
  throw new AnswerFailure('client', `${what} Use \`provider: openai\` with its /v1 address.`, 0);
}

async function applyTemplate({ messages }: Question, url: string, endpoint: Endpoint, ask: AskJson): Promise<string> {
  const body = JSON.stringify({
    messages: messages.map(message => ({ role: message.role, content: writePlainText([message], endpoint.name) })),
  });
  const reply = await ask({ url, body });
  const prompt = isRecord(reply) ? reply['prompt'] : undefined;
  if (typeof prompt === 'string') return prompt;
  throw new AnswerFailure('malformed', `${endpoint.name} wrote no prompt for the conversation (/apply-template).`, 1);
}

/** `model_path` and `build_info`: the file's name says which model, the build which llama.cpp. */
function readProps(props: unknown): string | undefined {
  if (!isRecord(props)) return undefined;
  const { model_path: path, build_info: build } = props;
  const file = typeof path === 'string' ? path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) : '';
  const words = [file, typeof build === 'string' ? build : ''].filter(word => word !== '');
  return words.length === 0 ? undefined : words.join(' ').slice(0, 200);
}

const finishReasons: Readonly<Record<string, string>> = { eos: 'stop', word: 'stop', limit: 'length' };

/** Bodies and events have one shape; the last event has `stop: true` and the counts. */
function readReply(reply: unknown, draft: Draft, fingerprint: string | undefined): boolean {
  if (!isRecord(reply) || typeof reply['content'] !== 'string') return false;
  draft.hasAnswer = true;
  draft.fingerprint = fingerprint;
  draft.addText(reply['content']);
  if (reply['stop'] !== true) return !('stop' in reply) || reply['stop'] === false;
  draft.isDone = true;
  const type = reply['stop_type'];
  // Builds before December 2024 say it in a field each.
  const isLimit = reply['stopped_limit'] === true;
  draft.finishReason = typeof type === 'string' ? (finishReasons[type] ?? type) : isLimit ? 'length' : 'stop';
  draft.inputTokens = readCount(reply['tokens_evaluated']) ?? draft.inputTokens;
  draft.outputTokens = readCount(reply['tokens_predicted']) ?? draft.outputTokens;
  const { timings } = reply;
  if (isRecord(timings)) {
    draft.timings = { promptMs: readTime(timings['prompt_ms']), generateMs: readTime(timings['predicted_ms']) };
  }
  return true;
}

function readTime(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
