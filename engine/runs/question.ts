import type { AskedRow } from '../datasets/asked-row.ts';
import type { ContentPart, Media, Message, ModelParameters, Question } from '../models/model.ts';
import { inputAsMessage, type Prompt } from '../prompts/prompt.ts';
import type { Task } from './feed.ts';
import { readsPrompts, type PlannedModel, type RunPlan } from './plan.ts';

const noParameters: ModelParameters = {};
const noMessages: readonly Message[] = [];

/**
 * What a task asks of a model. A promise only where images or sounds have to be read. Throws (rejects with) `dataset-invalid` where one
 * cannot be, and `prompt-invalid`.
 */
export function toQuestion(
  task: Task,
  model: PlannedModel,
  prompt: Prompt | undefined,
  plan: RunPlan,
  signal: AbortSignal,
): Question | Promise<Question> {
  const { row } = task;
  if (!readsPrompts(model)) return write(task, prompt, plan, noMessages, undefined);
  const hasAttachments = row.audio !== undefined || row.images !== undefined;
  if (prompt?.hasMedia === true || hasAttachments) return toMediaQuestion(task, prompt, plan, signal);
  return write(task, prompt, plan, prompt?.render(row.values) ?? inputAsMessage(row.input), undefined);
}

/** A prompt that says where images and sounds go is followed; else a row's own go to the end of the last user message. */
async function toMediaQuestion(
  task: Task,
  prompt: Prompt | undefined,
  plan: RunPlan,
  signal: AbortSignal,
): Promise<Question> {
  const { row } = task;
  const audio = row.audio === undefined ? undefined : await plan.media.load(row.audio, signal);
  if (prompt?.hasMedia === true) {
    const messages = await prompt.renderWith(row.values, request =>
      plan.media.open(request, row, prompt.folder, signal),
    );
    return write(task, prompt, plan, messages, audio);
  }
  const parts: ContentPart[] = [];
  for (const image of row.images ?? []) parts.push({ type: 'image', media: await plan.media.load(image, signal) });
  if (audio !== undefined) parts.push({ type: 'audio', media: audio });
  const messages = prompt?.render(row.values) ?? (isAskedInWords(row, plan) ? inputAsMessage(row.input) : noMessages);
  return write(task, prompt, plan, attach(messages, parts), audio);
}

/** A dataset of sounds alone has no input; the sound's path stands for it and is not sent. */
function isAskedInWords(row: AskedRow, { benchmark }: RunPlan): boolean {
  return row.audio === undefined || benchmark.dataset.input !== undefined;
}

function attach(messages: readonly Message[], parts: readonly ContentPart[]): readonly Message[] {
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const last = messages[at];
  if (last === undefined) return [...messages, { role: 'user', content: parts }];
  const text: readonly ContentPart[] =
    typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : last.content;
  return messages.with(at, { role: 'user', content: [...text, ...parts] });
}

function write(
  { row, repeat }: Task,
  prompt: Prompt | undefined,
  plan: RunPlan,
  messages: readonly Message[],
  audio: Media | undefined,
): Question {
  return {
    input: row.input,
    messages,
    // The model knows the connection's own; the prompt's win. One object a prompt, not one a row.
    parameters: prompt?.parameters ?? noParameters,
    stream: plan.streams,
    timeout: plan.limits.timeout,
    values: row.values,
    sample: { row: row.index, rowDigest: row.digest, repeat },
    ...(prompt?.tools === undefined ? undefined : { tools: prompt.tools }),
    ...(prompt?.responseFormat === undefined ? undefined : { responseFormat: prompt.responseFormat }),
    ...(row.choices === undefined ? undefined : { choices: row.choices }),
    ...(audio === undefined ? undefined : { audio }),
  };
}
