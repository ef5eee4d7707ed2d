import { randomBytes } from 'node:crypto';
import process from 'node:process';
import type * as vscode from 'vscode';
import type { RunBook } from '../runs/run-book.ts';
import type { Disposable } from '../base/emitter.ts';
import type { DraftSecrets } from '../engine/draft-secrets.ts';
import type { Engine } from '../engine/engine.ts';
import { describeRun } from '../runs/format.ts';
import type { ConnectDesk } from './desk.ts';
import { connectionOf, credentialOf, originOf, type Draft } from './draft.ts';
import { savedKeyNames } from './saved-keys.ts';

export interface EngineDeskParts {
  readonly engine: Engine;
  readonly book: RunBook;
  readonly drafts: DraftSecrets;
  readonly extension: vscode.ExtensionContext;
}

/** What the engine process of one folder and this window know. A typed key is held in memory, for its own origin, only while it is used. */
export async function createEngineDesk(parts: EngineDeskParts): Promise<ConnectDesk> {
  const { engine, book, drafts, extension } = parts;
  const { providers, connections } = await engine.request('connections/providers', {});
  // No saved key can have this name, so that none is taken for it.
  const secret = `draft-${randomBytes(12).toString('hex')}`;

  function hold(draft: Draft): Disposable {
    const credential = credentialOf(draft, secret);
    const origin = originOf(draft);
    if (credential === undefined || origin === undefined) return { dispose: () => undefined };
    return drafts.hold({ credential, origin, ...(draft.key?.kind === 'typed' ? { value: draft.key.value } : {}) });
  }

  async function using<T>(draft: Draft, ask: (connection: Record<string, unknown>) => Promise<T>): Promise<T> {
    const held = hold(draft);
    try {
      return await ask(connectionOf(draft, secret));
    } finally {
      held.dispose();
    }
  }

  return {
    providers,
    taken: connections,
    savedKeys: savedKeyNames(extension),
    isSet: variable => (process.env[variable] ?? '') !== '',
    detect: async signal => (await engine.request('connections/detect', {}, signal)).servers,
    async lent(signal) {
      const { models } = await engine.request('models/list', {}, signal);
      return models.flatMap(({ kind, model, name }) =>
        kind === 'lent' && model !== undefined ? [{ id: model, name }] : [],
      );
    },
    async runs() {
      await book.load();
      return book
        .entries()
        .filter(({ run, folder }) => folder === engine.folder && run.kind === 'benchmark' && run.endedAt !== undefined)
        .slice(0, 200)
        .map(({ run }) => ({
          id: run.id,
          name: run.name,
          description: describeRun(run, Date.now()),
          models: [...new Set(run.progress.variants.map(({ model }) => model))],
        }));
    },
    models: (draft, signal) =>
      using(draft, connection =>
        engine.request('connections/models', { name: draft.provider?.title ?? '', connection }, signal),
      ),
    test: (draft, signal) =>
      using(draft, connection =>
        engine.request('connections/test', { name: draft.provider?.title ?? '', connection }, signal),
      ),
  };
}
