import type { ToolCall } from '../models/model.ts';
import { isMapping } from './json-path.ts';
import { extractJson } from './text/json-answer.ts';

/** A call of a tool with its arguments read. */
export interface ReadCall {
  readonly name: string;
  /** Undefined where they are no JSON object. */
  readonly arguments: Readonly<Record<string, unknown>> | undefined;
}

/** More calls than this in one answer are not compared. */
const mostCalls = 64;

/** The calls a model made; where it made none, those its answer holds as JSON, as models without tools write them. */
export function readCalls(toolCalls: readonly ToolCall[] | undefined, output: string): readonly ReadCall[] {
  if (toolCalls !== undefined && toolCalls.length > 0) {
    return toolCalls.slice(0, mostCalls).map(call => ({ name: call.name, arguments: readArguments(call.arguments) }));
  }
  return readCallList(extractJson(output)) ?? [];
}

/** The calls a target expects: one `{name, arguments}`, a list of them (empty for none), or a name alone. Undefined for anything else. */
export function readExpectedCalls(target: string): readonly ReadCall[] | undefined {
  const text = target.trim();
  if (text === '') return [];
  const value = extractJson(text);
  if (value !== undefined) return readCallList(value);
  return /^[\w.-]{1,128}$/.test(text) ? [{ name: text, arguments: undefined }] : undefined;
}

function readCallList(value: unknown): readonly ReadCall[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value.slice(0, mostCalls) : value === undefined ? [] : [value];
  const calls = items.flatMap(item => readCall(item) ?? []);
  return calls.length === items.length ? calls : undefined;
}

/** `{name, arguments}`, or the same under `function` as OpenAI's API has it. */
function readCall(item: unknown): ReadCall | undefined {
  if (!isMapping(item)) return undefined;
  const call = isMapping(item['function']) ? item['function'] : item;
  const { name } = call;
  return typeof name === 'string'
    ? { name, arguments: readArguments(call['arguments'] ?? call['parameters']) }
    : undefined;
}

function readArguments(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isMapping(value)) return value;
  if (value === undefined || value === null || value === '') return {};
  const parsed = typeof value === 'string' ? extractJson(value) : undefined;
  return isMapping(parsed) ? parsed : undefined;
}
