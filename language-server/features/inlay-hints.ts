import { LSPErrorCodes, ResponseError, type InlayHint, type MarkupContent, type Range } from 'vscode-languageserver';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { Hint, HintRequest } from '../hints/hint.ts';
import { collectHints } from '../hints/hints.ts';
import { toPlainText } from '../markdown.ts';
import { snapshotOf } from '../hints/snapshot.ts';

/** Milliseconds between two looks at whether the store has changed, while documents are open. */
const pollInterval = 3_000;
/** Milliseconds in which several reasons to ask again are taken together. */
const gathering = 200;

/** Last figures, last values of thresholds, rows, and what a run would cost, beside what they belong to. */
export const inlayHints: Feature = {
  capabilities: () => ({ inlayHintProvider: { resolveProvider: true } }),
  register: registerInlayHints,
};

/** What is sent with a hint to find it again. */
interface HintData {
  readonly uri: string;
  readonly version: number;
  readonly key: string;
}

function registerInlayHints(context: ServerContext): void {
  const { connection, documents } = context;
  connection.languages.inlayHint.on(async ({ textDocument, range }, token) => {
    const signal = signalOf(token);
    const hints = await hintsOf(context, textDocument.uri, range, signal);
    const version = documents.get(textDocument.uri)?.version;
    if (hints === undefined || version === undefined) return [];
    if (version !== hints.version)
      return new ResponseError(LSPErrorCodes.ContentModified, 'The document has changed meanwhile.');
    return Promise.all(hints.found.map(hint => toInlayHint(context, hint, { uri: textDocument.uri, version })));
  });
  connection.languages.inlayHint.resolve(async (hint, token) => {
    const data = hint.data as HintData | undefined;
    if (data === undefined) return hint;
    const { line } = hint.position;
    const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
    const hints = await hintsOf(context, data.uri, range, signalOf(token));
    if (hints?.version !== data.version) return hint;
    const tooltip = await hints.found.find(({ key }) => key === data.key)?.tooltip();
    return tooltip === undefined ? hint : { ...hint, tooltip: toMarkup(context, tooltip) };
  });
  followChanges(context);
}

async function hintsOf(
  context: ServerContext,
  uri: string,
  { start, end }: Range,
  signal: AbortSignal,
): Promise<{ readonly version: number; readonly found: readonly Hint[] } | undefined> {
  const document = context.documents.get(uri);
  const parsed = document && context.parsed.parse(document);
  if (document === undefined || parsed === undefined || !context.settings.inlayHints) return undefined;
  const { version } = document;
  const isWanted: HintRequest['isWanted'] = ({ line, character }) =>
    (line > start.line || (line === start.line && character >= start.character)) &&
    (line < end.line || (line === end.line && character <= end.character));
  const own: ServerContext = { ...context, history: snapshotOf(context.history) };
  return { version, found: await collectHints({ context: own, uri, parsed, isWanted, signal }) };
}

async function toInlayHint(context: ServerContext, { key, at, label, tooltip }: Hint, place: Omit<HintData, 'key'>) {
  const hint: InlayHint = { position: at, label, paddingLeft: true, data: { ...place, key } satisfies HintData };
  if (context.client.resolvesInlayHints) return hint;
  const text = await tooltip();
  return text === undefined ? hint : { ...hint, tooltip: toMarkup(context, text) };
}

function toMarkup({ client }: ServerContext, help: string): MarkupContent {
  return client.showsMarkdown ? { kind: 'markdown', value: help } : { kind: 'plaintext', value: toPlainText(help) };
}

/** Has the client ask again when what hints are made of has changed: the store, an estimate, a dataset, the settings. */
function followChanges(context: ServerContext): void {
  const { documents, ports } = context;
  const versions = new Map<string, number | undefined>();
  let stopPolling: (() => void) | undefined;
  let stopGathering: (() => void) | undefined;

  function refresh(): void {
    if (!context.client.refreshesInlayHints || stopGathering !== undefined) return;
    stopGathering = ports.clock.after(gathering, () => {
      stopGathering = undefined;
      void askAgain();
    });
  }

  async function askAgain(): Promise<void> {
    try {
      await context.connection.languages.inlayHint.refresh();
    } catch {
      // A client that is going away answers no more.
    }
  }

  async function poll(): Promise<void> {
    if (!context.client.refreshesInlayHints || !context.settings.inlayHints) return;
    const roots = new Map<string, string>();
    for (const { uri } of documents.all()) {
      const root = await context.workspace.rootOf(uri);
      if (root !== undefined) roots.set(root, uri);
    }
    for (const [root, uri] of roots) {
      const version = await context.history.version(uri, never);
      if (versions.has(root) && versions.get(root) !== version) refresh();
      versions.set(root, version);
    }
  }

  function pollQuietly(): void {
    // A folder that cannot be read has no store that changes.
    poll().catch(() => undefined);
  }

  documents.onDidOpen(() => {
    stopPolling ??= ports.clock.every(pollInterval, pollQuietly);
    pollQuietly();
  });
  documents.onDidClose(({ document }) => {
    context.estimates.forget(document.uri);
    if (documents.all().length > 0) return;
    stopPolling?.();
    stopPolling = undefined;
  });
  context.estimates.onArrival(refresh);
  context.datasets.onRead(refresh);
  context.onSettingsChanged(refresh);
}

/** Looking at a store's version takes no time worth giving up. */
const never = new AbortController().signal;
