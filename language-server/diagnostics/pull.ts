import {
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Diagnostic as LspDiagnostic,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticParams,
  type DocumentDiagnosticReport,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { kindOfPath, languageIds } from '../../engine/documents/kinds.ts';
import { signalOf, type ServerContext } from '../context.ts';
import { kindOfDocument } from '../documents.ts';
import { pathOfUri } from '../uris.ts';
import type { Ages } from './ages.ts';
import type { Checker } from './checked.ts';
import { isWithin } from './checker.ts';

/** Gives findings an id that stays the same as long as they do. */
export interface ResultIds {
  idOf(uri: string, diagnostics: readonly LspDiagnostic[]): string;
  forget(uri: string): void;
}

export function createResultIds(): ResultIds {
  const known = new Map<string, { readonly text: string; readonly id: string }>();
  let count = 0;
  return {
    idOf(uri, diagnostics) {
      const text = JSON.stringify(diagnostics);
      const before = known.get(uri);
      if (before?.text === text) return before.id;
      count += 1;
      const id = String(count);
      known.set(uri, { text, id });
      return id;
    },
    forget: uri => void known.delete(uri),
  };
}

/** What the text alone newly shows waits no longer than this many milliseconds for the rest, where the client can be told to ask again. */
const graceForText = 150;

/** Answers a client that asks for one document's findings. */
export type PullDocument = (
  params: DocumentDiagnosticParams,
  token: CancellationToken,
) => Promise<DocumentDiagnosticReport>;

export function createDocumentPull(
  context: ServerContext,
  checker: Checker,
  ids: ResultIds,
  ages: Ages,
  askAgain: () => void,
): PullDocument {
  const { documents } = context;
  /** Findings that came too late for the one who asked. */
  const late = new Map<string, { readonly identity: string; readonly diagnostics: readonly LspDiagnostic[] }>();

  /** What a document's text alone was last told to show. */
  const texts = new Map<string, string>();
  documents.onDidClose(({ document }) => {
    late.delete(document.uri);
    texts.delete(document.uri);
  });

  async function check(document: TextDocument, signal: AbortSignal): Promise<readonly LspDiagnostic[]> {
    const { uri } = document;
    const identity = `${String(document.version)} ${ages.stampOf(kindOfDocument(document) ?? 'bench')}`;
    const known = late.get(uri);
    late.delete(uri);
    if (known?.identity === identity) return known.diagnostics;
    const checked = checker.check(document, signal);
    if (checked === undefined) return [];
    const text = JSON.stringify(checked.fromText);
    const isNews = text !== (texts.get(uri) ?? '[]');
    texts.set(uri, text);
    if (!isNews || !context.client.refreshesDiagnostics || (await isWithin(checked.whole, graceForText)))
      return checked.whole;
    void checked.whole.then(
      diagnostics => {
        if (documents.get(uri)?.version !== document.version) return;
        late.set(uri, { identity, diagnostics });
        askAgain();
      },
      () => undefined,
    );
    return checked.fromText;
  }

  return async ({ textDocument, previousResultId }, token) => {
    const signal = signalOf(token);
    const { uri } = textDocument;
    const document = documents.get(uri) ?? (await readClosed(context, uri, signal));
    if (document === undefined) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    const { version } = document;
    try {
      const items = await check(document, signal);
      const isOld = (documents.get(uri)?.version ?? version) !== version;
      if (isOld) throw serverCancelled();
      signal.throwIfAborted();
      const resultId = ids.idOf(uri, items);
      return previousResultId === resultId
        ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
        : { kind: DocumentDiagnosticReportKind.Full, resultId, items: [...items] };
    } catch (error) {
      throw signal.aborted ? requestCancelled() : error;
    }
  };
}

/** A document that the client names and has not opened, as it is on disk. */
async function readClosed(
  { ports }: ServerContext,
  uri: string,
  signal: AbortSignal,
): Promise<TextDocument | undefined> {
  const path = uri.startsWith('file:') ? pathOfUri(uri) : undefined;
  const kind = path === undefined ? undefined : kindOfPath(path);
  if (path === undefined || kind === undefined) return undefined;
  try {
    return TextDocument.create(uri, languageIds[kind], 0, await ports.files.readText(path, signal));
  } catch {
    return undefined;
  }
}

/** The client gave up. */
export function requestCancelled(): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
}

/** The document moved on while it was checked; what was found is of no use any more. */
function serverCancelled(): ResponseError<DiagnosticServerCancellationData> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'The document has changed.', { retriggerRequest: true });
}
