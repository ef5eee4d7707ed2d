import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import type { Checker } from './checked.ts';
import { isWithin } from './checker.ts';

/** Sends findings to the client by itself. */
export interface Pusher {
  /** Checks a document soon: at once where that is cheap, else after a silence. A check that is under way is given up. */
  schedule(document: TextDocument): void;
  /** Stops checking a document, and takes its findings back. */
  drop(uri: string): void;
}

/** A check that held up others no longer than this many milliseconds is repeated at every edit. */
const cheap = 30;
/** The longest silence that is waited for. */
const mostPatience = 100;

interface LastCheck {
  /** Milliseconds in which nothing else could be done. Waiting for files is free. */
  readonly cost: number;
  /** When it ended, by the monotonic clock. */
  readonly end: number;
}

/** A dear check leaves as much time for other work as it took itself: who types slowly enough waits for nothing. */
function patienceFor(last: LastCheck | undefined, now: number): number {
  if (last === undefined || last.cost <= cheap) return 0;
  return Math.min(last.cost - (now - last.end), mostPatience);
}
/** What the text alone newly shows waits no longer than this for the rest. */
const graceForText = 100;

export function createPusher(context: ServerContext, checker: Checker): Pusher {
  const { connection, documents, ports } = context;
  const pending = new Map<string, AbortController>();
  const lastChecks = new Map<string, LastCheck>();
  /** What a document's text alone was last told to show. */
  const texts = new Map<string, string>();

  async function publish(uri: string, signal: AbortSignal): Promise<void> {
    const document = documents.get(uri);
    if (document === undefined) return;
    const { version } = document;
    const send = async (diagnostics: readonly LspDiagnostic[]): Promise<void> => {
      if (signal.aborted || documents.get(uri)?.version !== version) return;
      await connection.sendDiagnostics({ uri, version, diagnostics: [...diagnostics] });
    };
    const start = ports.clock.monotonic();
    try {
      const checked = checker.check(document, signal);
      const end = ports.clock.monotonic();
      lastChecks.set(uri, { cost: end - start, end });
      if (checked === undefined) return;
      const text = JSON.stringify(checked.fromText);
      const isNews = text !== (texts.get(uri) ?? '[]');
      if (isNews && !(await isWithin(checked.whole, graceForText))) await send(checked.fromText);
      await send(await checked.whole);
      texts.set(uri, text);
    } catch (error) {
      if (!signal.aborted) connection.console.error(`Checking ${uri} failed: ${String(error)}`);
    }
  }

  return {
    schedule({ uri }) {
      pending.get(uri)?.abort();
      const controller = new AbortController();
      pending.set(uri, controller);
      const { signal } = controller;
      const wait = patienceFor(lastChecks.get(uri), ports.clock.monotonic());
      const check = (): void => void publish(uri, signal);
      const cancel = wait <= 0 ? afterBurst(check) : ports.clock.after(wait, check);
      signal.addEventListener('abort', cancel, { once: true });
    },
    drop(uri) {
      pending.get(uri)?.abort();
      pending.delete(uri);
      lastChecks.delete(uri);
      texts.delete(uri);
      void connection.sendDiagnostics({ uri, diagnostics: [] });
    },
  };
}

/** Calls back once the messages that have arrived together are read: each is handled in a turn of its own. */
function afterBurst(callback: () => void): () => void {
  let immediate = setImmediate(() => {
    immediate = setImmediate(callback);
  });
  return () => clearImmediate(immediate);
}
