import type { AgentAnswer, AgentToolName } from '../../schemas/generated/messages.ts';
import * as validators from '../../schemas/generated/validators.js';
import type { Validator } from '../../schemas/generated/validators.js';
import { toWorkbenchError, WorkbenchError, type ErrorCode } from '../base/errors.ts';
import { answerOf, type Outcome } from './answer.ts';
import { assess } from './assess.ts';
import { cancel } from './cancel.ts';
import type { AgentDesk, CallOptions } from './desk.ts';
import { dryRun } from './dry-run.ts';
import { list } from './list.ts';
import { results } from './results.ts';
import { run } from './run.ts';
import { validate } from './validate.ts';

/** A tool with its input checked before it is handed over. */
type Call = (input: unknown, desk: AgentDesk, options: CallOptions, signal: AbortSignal) => Promise<Outcome>;

const calls: Readonly<Record<AgentToolName, Call>> = {
  aiwb_assess: checked(validators.validateAgentAssessInput, (input, desk, _options, signal) =>
    assess(input, desk, signal),
  ),
  aiwb_cancel: checked(validators.validateAgentCancelInput, (input, desk) => cancel(input, desk)),
  aiwb_dry_run: checked(validators.validateAgentDryRunInput, (input, desk, _options, signal) =>
    dryRun(input, desk, signal),
  ),
  aiwb_list: checked(validators.validateAgentListInput, (input, desk, _options, signal) => list(input, desk, signal)),
  aiwb_results: checked(validators.validateAgentResultsInput, results),
  aiwb_run: checked(validators.validateAgentRunInput, run),
  aiwb_validate: checked(validators.validateAgentValidateInput, (input, desk, _options, signal) =>
    validate(input, desk, signal),
  ),
};

/** Calls a tool. Failures are answers that say what to do; only a cancelled call throws, `cancelled`. */
export async function callTool(
  tool: AgentToolName,
  input: unknown,
  desk: AgentDesk,
  options: CallOptions,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const redact = (text: string): string => desk.redact(text);
  try {
    return answerOf(await calls[tool](input, desk, options, signal), redact);
  } catch (error) {
    signal.throwIfAborted();
    return failureAnswer(error, redact);
  }
}

/** Codes of failures that hold nothing but our own words, the agent's and paths. */
const ownWords: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'run-not-found',
  'run-active',
  'run-finished',
  'identity-missing',
  'store-busy',
  'store-newer',
  'store-corrupt',
  'store-unwritable',
  'store-full',
  'store-remote',
  'sqlite-missing',
]);

/** What an agent is told of a failure. */
export function failureAnswer(error: unknown, redact: (text: string) => string): AgentAnswer {
  const { code, message, remedy } = toWorkbenchError(error);
  const told = [message, ...(remedy === undefined ? [] : [remedy])];
  const content = { code, message, remedy };
  if (ownWords.has(code)) return answerOf({ text: told.join(' '), content, failed: true }, redact);
  const data = [{ title: 'FAILURE', text: told.join('\n') }];
  return answerOf({ text: `This failed (${code}).`, data, content, failed: true }, redact);
}

function checked<T>(
  validator: Validator<T>,
  call: (input: T, desk: AgentDesk, options: CallOptions, signal: AbortSignal) => Promise<Outcome>,
): Call {
  return async (input, desk, options, signal) => {
    if (validator(input)) return call(input, desk, options, signal);
    const [fault] = validator.errors ?? [];
    const where = fault?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    const property = fault?.params['additionalProperty'];
    const what = typeof property === 'string' ? ` (${property.slice(0, 100)})` : '';
    throw new WorkbenchError(
      'usage',
      `The input is not valid: ${where === '' ? 'it' : where} ${fault?.message ?? 'is wrong'}${what}.`,
    );
  };
}
