import { CLIENT_CAPABILITIES_META_KEY, McpServer } from '@modelcontextprotocol/server';
import type {
  CallToolResult,
  ClientCapabilities,
  InputRequiredResult,
  ServerContext,
  StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import type { AgentAnswer, AgentToolName, RunSummary } from '../../schemas/generated/messages.ts';
import { validateAgentRunInput } from '../../schemas/generated/validators.js';
import { answerOf } from '../../engine/agents/answer.ts';
import { callTool, failureAnswer } from '../../engine/agents/call.ts';
import type { AgentDesk, CallOptions } from '../../engine/agents/desk.ts';
import { estimateFor } from '../../engine/agents/dry-run.ts';
import { refuseCost, agreedBy } from '../../engine/agents/run.ts';
import { sentenceOf } from '../../engine/agents/runs.ts';
import { agentInstructions, agentTools, type AgentTool, type InputSchema } from '../../engine/agents/tools.ts';
import { redact as redactShapes } from '../../platform/secrets/redact.ts';
import { version } from '../version.ts';
import { ask, canAsk, createQuestions, replyTo } from './confirm.ts';
import { addResources } from './resources.ts';
import type { McpWorkspace } from './workspace.ts';

export interface McpServerOptions {
  /** Offers only tools that change nothing and start nothing. */
  readonly readOnly: boolean;
  /** US dollars that no run may be started above. */
  readonly ceiling: number | undefined;
}

/** A server for one connection: the tools, and reports and schemas as resources. */
export function createMcpServer(workspace: McpWorkspace, { readOnly, ceiling }: McpServerOptions): McpServer {
  const questions = createQuestions();
  const server = new McpServer(
    { name: 'ai-workbench', title: 'AI Workbench', version },
    {
      instructions: agentInstructions,
      requestState: { verify: (state, context) => questions.verify(state, context) },
    },
  );

  const optionsOf = (context: ServerContext): CallOptions => ({
    ...(ceiling === undefined ? {} : { ceiling }),
    onProgress: progressTo(context),
  });

  async function call(name: AgentToolName, input: unknown, context: ServerContext): Promise<AgentAnswer> {
    const { signal } = context.mcpReq;
    return withDesk(workspace, signal, desk => callTool(name, input, desk, optionsOf(context), signal));
  }

  /** Asks the person first, where the client can. */
  async function callRun(input: unknown, context: ServerContext): Promise<AgentAnswer | InputRequiredResult> {
    if (!canAsk(capabilitiesOf(context, server)) || !validateAgentRunInput(input))
      return call('aiwb_run', input, context);
    const { signal } = context.mcpReq;
    return withDesk(workspace, signal, async desk => {
      const redact = (text: string): string => desk.redact(text);
      const reply = replyTo(input, context);
      if (reply === undefined) {
        const estimate = await estimateFor(input, desk, signal);
        const agreed = { ...optionsOf(context), confirmed: agreedBy(estimate) };
        const refusal = refuseCost(estimate, input, agreed);
        if (refusal === undefined) return ask(input, estimate, questions, redact);
        return callTool('aiwb_run', input, desk, agreed, signal);
      }
      if (reply.agreed === undefined) return answerOf(declined, redact);
      return callTool('aiwb_run', input, desk, { ...optionsOf(context), confirmed: reply.agreed }, signal);
    });
  }

  for (const tool of agentTools) {
    if (readOnly && !tool.readOnly) continue;
    server.registerTool(tool.name, describe(tool), async (input, context) => {
      const answer = tool.name === 'aiwb_run' ? await callRun(input, context) : await call(tool.name, input, context);
      return 'text' in answer ? toResult(answer as AgentAnswer) : answer;
    });
  }
  addResources(server, workspace);
  return server;
}

const declined = {
  text: 'Nothing was started: the person was asked and did not agree. Do not ask again unless they say so.',
  content: { started: false, declined: true },
  failed: true,
};

/** Failures to open the workspace are answers too. */
async function withDesk<T>(
  workspace: McpWorkspace,
  signal: AbortSignal,
  use: (desk: AgentDesk) => Promise<T>,
): Promise<T | AgentAnswer> {
  try {
    return await use(await workspace.desk(signal));
  } catch (error) {
    signal.throwIfAborted();
    return failureAnswer(error, text => redactShapes(text, []));
  }
}

/** What the client of a call can do: each call says so since revision 2026-07-28, before it was said once. */
function capabilitiesOf({ mcpReq }: ServerContext, { server }: McpServer): ClientCapabilities | undefined {
  const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  // The library has checked it by then.
  const own = envelope?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Clients of earlier revisions say it nowhere else.
  return own ?? server.getClientCapabilities();
}

/** Tells a client that asked for it how far the runs are; the figure only grows, as the protocol wants it. */
function progressTo({ mcpReq }: ServerContext): NonNullable<CallOptions['onProgress']> {
  const token = mcpReq._meta?.progressToken;
  let told = -1;
  return runs => {
    const sum = (of: (run: RunSummary) => number): number => runs.reduce((all, run) => all + of(run), 0);
    const progress = sum(run => run.progress.done);
    if (token === undefined || progress <= told) return;
    told = progress;
    const total = sum(run => run.progress.total);
    const params = {
      progressToken: token,
      progress,
      ...(total === 0 ? {} : { total }),
      message: runs.map(sentenceOf).join(' '),
    };
    // A client that is gone hears nothing; the call ends by its signal.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

function describe({ title, description, input, readOnly, destructive, idempotent, openWorld }: AgentTool) {
  return {
    title,
    description,
    inputSchema: schemaOf(input),
    annotations: {
      title,
      readOnlyHint: readOnly,
      destructiveHint: destructive,
      idempotentHint: idempotent,
      openWorldHint: openWorld,
    },
  };
}

/** Inputs are checked by the tools themselves, so that every way to call them gets the same answer. */
function schemaOf(input: InputSchema): StandardSchemaWithJSON {
  const schema = (): Record<string, unknown> => ({ ...input });
  return {
    '~standard': {
      version: 1,
      vendor: 'ai-workbench',
      validate: value => ({ value }),
      jsonSchema: { input: schema, output: schema },
    },
  };
}

function toResult({ text, content, failed }: AgentAnswer): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: content, isError: failed };
}
