import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { isRecord, readCount } from '../http/json.ts';

/** What to check where an endpoint does not answer as an OpenAI API would. */
export function compatibleRemedy({ field }: Endpoint): string {
  return field === 'baseUrl'
    ? 'Check that baseUrl is an OpenAI-compatible API (it usually ends in /v1).'
    : `Check that ${field} is the address of an Azure OpenAI resource and that the deployment speaks this API.`;
}

/**
 * Token counts under either of OpenAI's names: `prompt_tokens` and `completion_tokens`, or, in its newer APIs, `input_tokens` and
 * `output_tokens`, with their details.
 */
export function readUsage(usage: unknown, draft: Draft): void {
  if (!isRecord(usage)) return;
  draft.inputTokens = readCount(usage['prompt_tokens']) ?? readCount(usage['input_tokens']) ?? draft.inputTokens;
  draft.outputTokens = readCount(usage['completion_tokens']) ?? readCount(usage['output_tokens']) ?? draft.outputTokens;
  const input = usage['prompt_tokens_details'] ?? usage['input_tokens_details'];
  const output = usage['completion_tokens_details'] ?? usage['output_tokens_details'];
  // Zero is what every model says that does not think or cache: not worth keeping with each answer.
  if (isRecord(output)) draft.reasoningTokens = readCount(output['reasoning_tokens']) || draft.reasoningTokens;
  if (isRecord(input)) draft.cachedInputTokens = readCount(input['cached_tokens']) || draft.cachedInputTokens;
}

/** What answered, where the reply says more than the name that was asked for: the exact version, the build. */
export function readFingerprint(reply: Readonly<Record<string, unknown>>, draft: Draft, asked: string): void {
  if (draft.fingerprint !== undefined) return;
  const { model, system_fingerprint: build } = reply;
  const exact = typeof model === 'string' && model !== '' && model !== asked ? model.slice(0, 200) : undefined;
  const hasBuild = typeof build === 'string' && build !== '';
  if (exact === undefined && !hasBuild) return;
  draft.fingerprint = hasBuild ? `${exact ?? asked} ${build.slice(0, 200)}` : exact;
}
