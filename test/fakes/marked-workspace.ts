import { kindOfPath, languageIds } from '../../engine/documents/kinds.ts';
import { startLanguageClient, type LanguageClient, type LanguageClientOptions } from './language-client.ts';
import { readMarked, type Marked } from './marked.ts';

/** A workspace made of marked files, with an editor in it. */
export interface MarkedWorkspace {
  readonly client: LanguageClient;
  /** The document with the cursor, opened. */
  readonly uri: string;
  readonly position: Marked['position'];
  /** `file:line:start-end` of every marked range, sorted. */
  readonly marked: readonly string[];
  readonly files: Readonly<Record<string, Marked>>;
  /** Opens another of the files. */
  open(file: string): string;
  /** A place as `marked` has it. */
  place(location: { readonly uri: string; readonly range: Marked['ranges'][number] }): string;
}

export async function startMarkedWorkspace(
  marked: Readonly<Record<string, string>>,
  options: LanguageClientOptions = {},
): Promise<MarkedWorkspace> {
  const files = Object.fromEntries(Object.entries(marked).map(([file, text]) => [file, readMarked(text)]));
  const texts = Object.fromEntries(Object.entries(files).map(([file, { text }]) => [file, text]));
  const client = await startLanguageClient(texts, options);
  const [asked, { position }] = Object.entries(files).find(([, { offset }]) => offset >= 0) ?? ['', readMarked('')];
  const write = (file: string, { start, end }: Marked['ranges'][number]): string =>
    `${file}:${start.line}:${start.character}-${end.line === start.line ? '' : `${end.line}:`}${end.character}`;
  const open = (file: string): string => {
    const kind = kindOfPath(file);
    return client.open(file, kind === undefined ? 'plaintext' : languageIds[kind], texts[file] ?? '');
  };
  return {
    client,
    files,
    position,
    uri: asked === '' ? '' : open(asked),
    marked: Object.entries(files)
      .flatMap(([file, { ranges }]) => ranges.map(range => write(file, range)))
      .sort(),
    open,
    place({ uri, range }) {
      const file = Object.keys(files).find(name => client.uri(name) === uri);
      return write(file ?? uri, range);
    },
  };
}
