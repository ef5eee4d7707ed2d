import type { PromptFormat, PromptPart, Prompt as PromptContent } from '../../schemas/generated/files.ts';
import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import type { ContentPart, Media, Message, ModelParameters, ResponseFormat, Tool } from '../models/model.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { textOfPart } from '../templates/parts.ts';
import { compileTemplate, type PromptTemplate } from '../templates/template.ts';

type Row = Readonly<Record<string, unknown>>;

/** An image or a sound that a prompt asks for with a row. */
export interface MediaRequest {
  readonly kind: 'image' | 'audio';
  /** The column the part names, where it names one and nothing else. */
  readonly column: string | undefined;
  /** What that column holds, or the path that the part's template gives. */
  readonly value: unknown;
}

/** A prompt file, ready to be filled with rows. */
export interface Prompt {
  /** As the benchmark names it: the path it was given. */
  readonly path: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly name: string;
  /** SHA-256 over its messages, parameters, tools and format. */
  readonly digest: string;
  readonly parameters: ModelParameters;
  readonly tools?: readonly Tool[];
  readonly responseFormat?: ResponseFormat;
  /** Columns the messages read. */
  readonly variables: readonly string[];
  /** Whether a message has an image or a sound: `renderWith` then makes what is sent. */
  readonly hasMedia: boolean;
  /** The messages for a row; images and sounds are named in brackets. */
  render(values: Row): readonly Message[];
  /** The messages for a row with their images and sounds. */
  renderWith(values: Row, load: (request: MediaRequest) => Promise<Media>): Promise<readonly Message[]>;
}

/** Reads and compiles a prompt file. `path` is absolute, `name` what reports call it. Throws `file-invalid` or `prompt-invalid`. */
export async function loadPrompt(
  files: Files,
  digest: Digest,
  path: string,
  shownPath: string,
  signal: AbortSignal,
): Promise<Prompt> {
  const parsed = parseDocument('prompt', await files.readText(path, signal));
  if (parsed.value === undefined) throw invalidFileError(path, parsed.diagnostics);
  return compilePrompt(parsed.value, { path: shownPath, folder: files.parent(path), name: shownPath }, digest);
}

/** Compiles a prompt that is read already. `name` is for one that has none. Throws `prompt-invalid`. */
export function compilePrompt(
  content: PromptContent,
  { path: shownPath, folder, name: usualName }: Pick<Prompt, 'path' | 'folder' | 'name'>,
  digest: Digest,
): Prompt {
  const { name = usualName, messages, modelParameters, tools, responseFormat } = content;
  const compiled = messages.map(({ role, content }) => ({ role, content: compileContent(content, shownPath) }));
  const identity: unknown[] = [messages.map(({ role, content }) => [role, content]), modelParameters ?? {}];
  if (tools !== undefined || responseFormat !== undefined) identity.push({ tools, responseFormat });
  const format = readFormat(responseFormat);
  return {
    path: shownPath,
    folder,
    name,
    digest: digest.sha256(JSON.stringify(identity)),
    parameters: modelParameters ?? {},
    ...(tools === undefined ? {} : { tools }),
    ...(format === undefined ? {} : { responseFormat: format }),
    variables: [...new Set(compiled.flatMap(({ content }) => templatesOf(content).flatMap(one => one.variables)))],
    hasMedia: compiled.some(({ content }) => Array.isArray(content) && content.some(({ type }) => type !== 'text')),
    render: values => compiled.map(({ role, content }) => ({ role, content: renderText(content, values) })),
    async renderWith(values, load) {
      const rendered: Message[] = [];
      for (const { role, content } of compiled)
        rendered.push({ role, content: await renderMedia(content, values, load) });
      return rendered;
    },
  };
}

/** The prompt of a benchmark without prompt files: the input itself, as the user's message. */
export function inputAsMessage(input: string): readonly Message[] {
  return [{ role: 'user', content: input }];
}

interface CompiledPart {
  readonly type: ContentPart['type'];
  readonly template: PromptTemplate;
  readonly column: string | undefined;
}

type CompiledContent = PromptTemplate | readonly CompiledPart[];

function compileContent(content: string | readonly PromptPart[], path: string): CompiledContent {
  if (typeof content === 'string') return compileTemplate(content, path);
  return content.map(part => {
    const text = textOfPart(part);
    return { type: part.type, template: compileTemplate(text, path), column: readColumn(text) };
  });
}

/** The column of a template that is nothing but one: `{{photo}}`. Its value is taken as it is, for it need not be text. */
function readColumn(text: string): string | undefined {
  return /^\s*\{\{\s*([A-Za-z_]\w*)\s*\}\}\s*$/.exec(text)?.[1];
}

function templatesOf(content: CompiledContent): readonly PromptTemplate[] {
  return isParts(content) ? content.map(({ template }) => template) : [content];
}

function isParts(content: CompiledContent): content is readonly CompiledPart[] {
  return Array.isArray(content);
}

function renderText(content: CompiledContent, values: Row): string {
  if (!isParts(content)) return content.render(values);
  return content
    .map(part => {
      const text = part.template.render(values);
      return part.type === 'text' ? text : `[${part.type}: ${text}]`;
    })
    .join('\n');
}

async function renderMedia(
  content: CompiledContent,
  values: Row,
  load: (request: MediaRequest) => Promise<Media>,
): Promise<Message['content']> {
  if (!isParts(content)) return content.render(values);
  const parts: ContentPart[] = [];
  for (const { type, template, column } of content) {
    if (type === 'text') {
      parts.push({ type, text: template.render(values) });
      continue;
    }
    const isColumn = column !== undefined && Object.hasOwn(values, column);
    const value = isColumn ? values[column] : template.render(values);
    parts.push({ type, media: await load({ kind: type, column: isColumn ? column : undefined, value }) });
  }
  return parts;
}

function readFormat(format: PromptFormat | undefined): ResponseFormat | undefined {
  if (format === undefined || format === 'text') return undefined;
  if (format === 'json') return { type: 'json' };
  return { type: 'json-schema', name: format.name ?? 'answer', schema: format.schema };
}
