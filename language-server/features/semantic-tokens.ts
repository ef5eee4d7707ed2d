import {
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Range,
  type SemanticTokensDelta,
  type SemanticTokens,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isPromptKind } from '../../engine/documents/kinds.ts';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { collectPieces } from '../tokens/collect-pieces.ts';
import { encodePieces, tokenModifiers, tokenTypes } from '../tokens/legend.ts';
import { findPromptColumns } from '../tokens/prompt-columns.ts';
import { createTokenResults } from '../tokens/results.ts';
import { collectSuppressions } from '../tokens/suppressions.ts';
import { kindOfDocument } from '../documents.ts';

/** Colours for templates, ids and names. */
export const semanticTokens: Feature = {
  capabilities: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
      full: { delta: true },
      range: true,
    },
  }),
  register: registerSemanticTokens,
};

/** Milliseconds of silence after an edit of a benchmark before prompts are coloured anew. */
const patience = 500;

function registerSemanticTokens(context: ServerContext): void {
  const { connection, documents } = context;
  const results = createTokenResults();
  const { semanticTokens: requests } = connection.languages;

  requests.on(({ textDocument: { uri } }, token) =>
    answer<SemanticTokens>(context, uri, undefined, token, data => results.keep(uri, data)),
  );
  requests.onDelta(({ textDocument: { uri }, previousResultId }, token) =>
    answer<SemanticTokens | SemanticTokensDelta>(context, uri, undefined, token, data =>
      results.replace(uri, previousResultId, data),
    ),
  );
  requests.onRange(({ textDocument: { uri }, range }, token) =>
    answer<SemanticTokens>(context, uri, range, token, data => ({ data })),
  );
  documents.onDidClose(({ document }) => results.forget(document.uri));
  refreshPrompts(context);
}

/** An answer for a version that is no longer the newest is refused, and the client asks again. */
async function answer<Answer>(
  { documents, parsed, workspace }: ServerContext,
  uri: string,
  range: Range | undefined,
  token: CancellationToken,
  toAnswer: (data: number[]) => Answer,
): Promise<Answer | ResponseError | null> {
  const document = documents.get(uri);
  const read = document && parsed.parse(document);
  if (document === undefined || read === undefined) return null;
  const { version } = document;
  const columns = isPromptKind(read.kind) ? await findColumns(workspace, uri, token) : undefined;
  if (token.isCancellationRequested)
    return new ResponseError(LSPErrorCodes.RequestCancelled, 'Nobody waits for these colours any more.');
  if (documents.get(uri)?.version !== version)
    return new ResponseError(LSPErrorCodes.ContentModified, 'The document has changed since.');
  const stretch = range && { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const pieces = [...collectPieces(read, { columns }, stretch), ...collectSuppressions(read.text)];
  const wanted = stretch ? pieces.filter(({ start, end }) => start < stretch.end && end > stretch.start) : pieces;
  return toAnswer(encodePieces(read.text, wanted));
}

/** Colours do not wait for what cannot be read. */
async function findColumns(
  workspace: ServerContext['workspace'],
  uri: string,
  token: CancellationToken,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return await findPromptColumns(workspace, uri, signalOf(token));
  } catch {
    return undefined;
  }
}

function isPrompt(document: TextDocument): boolean {
  const kind = kindOfDocument(document);
  return kind !== undefined && isPromptKind(kind);
}

/** Which of a prompt's variables are columns changes with the benchmarks that use it. */
function refreshPrompts(context: ServerContext): void {
  const { connection, documents } = context;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function refresh(): Promise<void> {
    try {
      await connection.languages.semanticTokens.refresh();
    } catch {
      // A client that has gone needs no colours.
    }
  }

  function schedule(): void {
    if (!context.client.refreshesSemanticTokens) return;
    if (!documents.all().some(isPrompt)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), patience);
  }

  const scheduleFor = ({ document }: { readonly document: TextDocument }): void => {
    if (kindOfDocument(document) === 'bench') schedule();
  };
  context.workspace.onForgotten(schedule);
  documents.onDidChangeContent(scheduleFor);
  documents.onDidClose(scheduleFor);
}
