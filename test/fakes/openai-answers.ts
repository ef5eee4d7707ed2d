/** The request body as far as the fake reads it. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** An answer ready to be sent: events for a stream, one body otherwise. */
export interface Script {
  readonly words: readonly string[];
  readonly finishReason: string;
  readonly withUsage: boolean;
  readonly inputTokens: number;
}

export function lastUserMessage(request: ChatRequest): string {
  for (let i = request.messages.length - 1; i >= 0; i--) {
    const message = request.messages[i];
    if (message?.role === 'user') return message.content;
  }
  return '';
}

/**
 * A label by a small rule: `ANSWER=word` in the last user message answers `word`; `one of: a, b, c` answers the first of
 * them that the rest of the message names, else the first; anything else answers `answer`.
 */
export function answerByRule(messages: ChatRequest['messages']): string {
  const text = lastUserMessage({ model: '', messages });
  const told = /ANSWER=(\S+)/.exec(text)?.[1];
  if (told !== undefined) return told;
  const list = /one of:?\s+([^\n.]+)/i.exec(text);
  if (!list?.[1]) return 'answer';
  const labels = list[1].split(/,\s*(?:or\s+)?|\s+or\s+/).map(label => label.trim());
  const rest = text.replace(list[0], ' ').toLowerCase();
  return labels.find(label => rest.includes(label.toLowerCase())) ?? labels[0] ?? 'answer';
}

/** One piece a word, with the spaces kept, so that the pieces joined give the answer. */
export function splitWords(answer: string): string[] {
  return answer.match(/\s*\S+|\s+$/g) ?? [];
}

export function countInputTokens(request: ChatRequest): number {
  let characters = 0;
  for (const message of request.messages) characters += message.content.length;
  return Math.ceil(characters / 5);
}

export function writeBody(model: string, script: Script, id: number): string {
  const usage = script.withUsage ? `,"usage":${writeUsage(script)}` : '';
  const content = JSON.stringify(script.words.join(''));
  return `{"id":"chatcmpl-${id}","object":"chat.completion","created":1700000000,"model":${JSON.stringify(model)},"choices":[{"index":0,"message":{"role":"assistant","content":${content}},"finish_reason":"${script.finishReason}"}]${usage}}`;
}

/** The events of a stream, each with its blank line: a role-only one, one a word, the finish, usage, `[DONE]`. */
export function writeEvents(model: string, script: Script, id: number): string[] {
  const head = `data: {"id":"chatcmpl-${id}","object":"chat.completion.chunk","created":1700000000,"model":${JSON.stringify(model)},"choices":[`;
  const events = [`${head}{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n`];
  for (const word of script.words)
    events.push(`${head}{"index":0,"delta":{"content":${JSON.stringify(word)}},"finish_reason":null}]}\n\n`);
  events.push(`${head}{"index":0,"delta":{},"finish_reason":"${script.finishReason}"}]}\n\n`);
  if (script.withUsage) events.push(`${head}],"usage":${writeUsage(script)}}\n\n`);
  events.push('data: [DONE]\n\n');
  return events;
}

function writeUsage({ inputTokens, words }: Script): string {
  return `{"prompt_tokens":${inputTokens},"completion_tokens":${words.length},"total_tokens":${inputTokens + words.length}}`;
}
