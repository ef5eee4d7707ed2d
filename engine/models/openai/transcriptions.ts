import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { isRecord, readCount } from '../http/json.ts';
import type { HttpCall, Protocol } from '../http/protocol.ts';
import { AnswerFailure, type Media, type ModelParameters } from '../model.ts';
import { soundFormat } from './content.ts';
import { mergeParameters } from './parameters.ts';
import { compatibleRemedy, readUsage } from './shared.ts';

/** The transcription API: a sound in, its text out. `language` is ISO 639-1; without it the model guesses. */
export function createTranscriptionsProtocol(
  endpoint: Endpoint,
  defaults: ModelParameters,
  language: string | undefined,
): Protocol {
  const url = endpoint.urlOf('/audio/transcriptions');
  return {
    id: 'openai-transcriptions',
    version: 1,
    identity: language === undefined ? [] : [language],
    reply: 'transcription',
    remedy: compatibleRemedy(endpoint),
    countsTokens: false,
    write({ audio, parameters }) {
      if (audio === undefined) {
        throw new AnswerFailure(
          'client',
          `${endpoint.name} transcribes sound, and this row has none. Name the column in \`dataset.audio\`.`,
          0,
        );
      }
      const { temperature } = mergeParameters(defaults, parameters);
      return writeForm(url, audio, [
        ['model', endpoint.model],
        ['response_format', 'json'],
        ['language', language],
        ['temperature', temperature === undefined ? undefined : String(temperature)],
      ]);
    },
    readBody,
  };
}

/**
 * A form with a file (multipart/form-data, RFC 7578). The boundary is the sound's own digest: it cannot occur in what it is the digest of.
 */
function writeForm(
  url: string,
  audio: Media,
  fields: readonly (readonly [name: string, value: string | undefined])[],
): HttpCall {
  const encoder = new TextEncoder();
  const boundary = `aiwb-${audio.digest.slice(0, 60)}`;
  let head = '';
  for (const [name, value] of fields) {
    if (value !== undefined)
      head += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  }
  head += `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="audio.${soundFormat(audio)}"\r\n`;
  head += `Content-Type: ${audio.mediaType}\r\n\r\n`;
  const [before, after] = [encoder.encode(head), encoder.encode(`\r\n--${boundary}--\r\n`)];
  const body = new Uint8Array(before.length + audio.bytes.length + after.length);
  body.set(before, 0);
  body.set(audio.bytes, before.length);
  body.set(after, before.length + audio.bytes.length);
  return { url, body, contentType: `multipart/form-data; boundary=${boundary}` };
}

/** Newer models count tokens, older ones seconds; servers of others count neither, and may tell the sound's duration. */
function readBody(body: unknown, draft: Draft): boolean {
  if (!isRecord(body) || typeof body['text'] !== 'string') return false;
  draft.hasAnswer = true;
  draft.addText(body['text'].trim());
  const { usage, duration } = body;
  const seconds = isRecord(usage) && usage['type'] === 'duration' ? usage['seconds'] : duration;
  if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) draft.audioSeconds = seconds;
  if (isRecord(usage) && readCount(usage['input_tokens']) !== undefined) readUsage(usage, draft);
  return true;
}
