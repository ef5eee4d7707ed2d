import { randomBytes } from 'node:crypto';
import { createRequestStateCodec, inputRequired } from '@modelcontextprotocol/server';
import type {
  ClientCapabilities,
  InputRequiredResult,
  RequestStateCodec,
  ServerContext,
} from '@modelcontextprotocol/server';
import type { AgentRunInput, AgreedRun, DryRunEstimate } from '../../schemas/generated/messages.ts';
import { estimateLines, estimateSentence } from '../../engine/agents/estimates.ts';
import { plainText } from '../../engine/base/plain-text.ts';
import { agreedBy } from '../../engine/agents/run.ts';

/** What a client brings back with its person's reply: the call they were asked about, and what they were shown. */
interface Question {
  readonly input: string;
  readonly agreed: AgreedRun;
}

const key = 'start';
const longestQuestion = 2000;
/** A person may be away for a while. */
const ttlSeconds = 3600;

/** Signs what travels through the client, so that nobody can agree to something else than was asked. */
export function createQuestions(): RequestStateCodec<Question> {
  return createRequestStateCodec<Question>({ key: randomBytes(32), ttlSeconds });
}

/** Whether the client can ask its person. */
export function canAsk(declared: ClientCapabilities | undefined): boolean {
  const elicitation = declared?.elicitation;
  // Clients of earlier revisions declare it empty; one that names modes has to name forms.
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

/** Asks the person whether a run may start, with its size and cost. */
export async function ask(
  input: AgentRunInput,
  estimate: DryRunEstimate,
  questions: RequestStateCodec<Question>,
  redact: (text: string) => string,
): Promise<InputRequiredResult> {
  const [name = '', ...lines] = estimateLines(estimate);
  const message = [
    `An agent wants to run ${name} (${input.file}): ${estimateSentence(estimate)}`,
    ...(input.maxCost === undefined ? [] : [`It stops before it has spent more than ${String(input.maxCost)} USD.`]),
    ...lines,
  ].join('\n');
  return inputRequired({
    inputRequests: {
      [key]: inputRequired.elicit({
        message: plainText(redact(message), longestQuestion),
        requestedSchema: {
          type: 'object',
          properties: { [key]: { type: 'boolean', title: 'Start this run', default: true } },
        },
      }),
    },
    requestState: await questions.mint({ input: JSON.stringify(input), agreed: agreedBy(estimate) }),
  });
}

/** What the person said: absent where they were not asked about this very call yet. */
export function replyTo(
  input: AgentRunInput,
  { mcpReq }: ServerContext,
): { readonly agreed: AgreedRun | undefined } | undefined {
  const question = mcpReq.requestState<Question>();
  const reply = mcpReq.inputResponses?.[key] as Partial<{ action: unknown; content: unknown }> | undefined;
  if (reply === undefined || question?.input !== JSON.stringify(input)) return undefined;
  const content = reply.content as Partial<Record<typeof key, unknown>> | undefined;
  const agrees = reply.action === 'accept' && content?.[key] !== false;
  return { agreed: agrees ? question.agreed : undefined };
}
