import { encodeBase64 } from '../../base/base64.ts';
import { AnswerFailure, type ContentPart, type Media, type Message } from '../model.ts';

const written = new WeakMap<Media, string>();

/** The bytes of an image or a sound in base64, written once however often it is asked about. */
export function base64Of(media: Media): string {
  let text = written.get(media);
  if (text === undefined) {
    text = encodeBase64(media.bytes);
    written.set(media, text);
  }
  return text;
}

/** A `data:` URL of an image or a sound. */
export function dataUrlOf(media: Media): string {
  return `data:${media.mediaType};base64,${base64Of(media)}`;
}

const soundFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
  'audio/webm': 'webm',
};

/** The short name of a sound's format, as file names end in it. */
export function soundFormat(media: Media): string {
  return soundFormats[media.mediaType] ?? 'wav';
}

/** A message with images or sounds as the chat completions API takes it; one of text alone as it is. */
export function writeChatMessage(message: Message): unknown {
  if (typeof message.content === 'string') return message;
  return { role: message.role, content: message.content.map(writeChatPart) };
}

function writeChatPart(part: ContentPart): unknown {
  if (part.type === 'text') return part;
  if (part.type === 'image') return { type: 'image_url', image_url: { url: dataUrlOf(part.media) } };
  return { type: 'input_audio', input_audio: { data: base64Of(part.media), format: soundFormat(part.media) } };
}

/** The text of messages for an API that knows no roles, a blank line between two. Throws AnswerFailure for images and sounds. */
export function writePlainText(messages: readonly Message[], name: string): string {
  return messages.map(({ content }) => textOfContent(content, name)).join('\n\n');
}

function textOfContent(content: Message['content'], name: string): string {
  if (typeof content === 'string') return content;
  return content
    .map(part => {
      if (part.type === 'text') return part.text;
      throw new AnswerFailure('client', `${name} takes text only, and this row has ${articleOf(part.type)}.`, 0);
    })
    .join('\n');
}

function articleOf(type: 'image' | 'audio'): string {
  return type === 'image' ? 'an image' : 'a sound';
}
