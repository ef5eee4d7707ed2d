import type { ServerResponse } from 'node:http';
import type { Script, Spoiled } from './dialect.ts';

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

export function sendError(
  { response, dialect }: Spoiled,
  status: number,
  message: string,
  code: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(dialect.writeError(message, code, status));
}

export function startStream({ response, dialect }: Spoiled): void {
  response.writeHead(200, { 'content-type': `${dialect.streamType}; charset=utf-8`, 'cache-control': 'no-cache' });
}

export function stream(spoiled: Spoiled, events: readonly string[]): void {
  startStream(spoiled);
  spoiled.response.end(events.join(''));
}

export function eventsOf({ dialect, asked, script, id }: Spoiled): string[] {
  return dialect.writeEvents(asked, script, id);
}

export function bodyOf({ dialect, asked, script, id }: Spoiled): string {
  return dialect.writeBody(asked, script, id);
}

/** The event without text and the first word. */
export function opening(spoiled: Spoiled): string[] {
  return eventsOf(spoiled).slice(0, 2);
}

/** A whole answer after `script`, as a stream or a body, whichever was asked for. */
export function sendScript(spoiled: Spoiled, script: Script): void {
  const own = { ...spoiled, script };
  if (spoiled.asked.isStream) stream(own, eventsOf(own));
  else send(spoiled.response, 200, 'application/json', bodyOf(own));
}

/** The head and about half of the answer, then what `after` does to the connection. */
export function sendPart(spoiled: Spoiled, after: (response: ServerResponse) => void): void {
  const { response, asked } = spoiled;
  const body = asked.isStream ? eventsOf(spoiled).join('') : bodyOf(spoiled);
  if (asked.isStream) startStream(spoiled);
  else response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => setTimeout(after, 5, response));
}

/** One byte every `delay` milliseconds. */
export function drip(spoiled: Spoiled, delay: number): void {
  const { response } = spoiled;
  startStream(spoiled);
  const bytes = Buffer.from(eventsOf(spoiled).join(''));
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < bytes.length && !response.destroyed) {
      response.write(bytes.subarray(sent, ++sent));
      return;
    }
    clearInterval(timer);
    response.end();
  }, delay);
  response.on('close', () => clearInterval(timer));
}

/** The whole stream in 1 to 16 bytes at a time, cut anywhere, also inside a character; each piece is a packet of its own. */
export function splitAnywhere(spoiled: Spoiled): void {
  const { response, random } = spoiled;
  startStream(spoiled);
  const bytes = Buffer.from(eventsOf(spoiled).join(''));
  let sent = 0;
  const step = () => {
    if (sent >= bytes.length || response.destroyed) return void response.end();
    const end = Math.min(bytes.length, sent + 1 + Math.floor(random() * 16));
    response.write(bytes.subarray(sent, end));
    sent = end;
    setImmediate(step);
  };
  step();
}
