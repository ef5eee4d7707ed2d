import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { OpenWorkspace } from '../../schemas/generated/messages.ts';
import { createEmitter, type Disposable, type Event, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { readNetwork, readNodePath, readStore } from '../settings.ts';
import type { Engine, EngineSession } from './engine.ts';
import { findNode, findNodeForRuns, probeNodeVersion, type NodeSearch } from './node-program.ts';
import { createRestartingEngine } from './restarting-engine.ts';
import type { WindowServices } from './window-services.ts';

/** The engine processes of this window: one a workspace folder. None is started by looking. */
export interface Engines extends Disposable {
  /** Engines of the trusted window's folders; empty in Restricted Mode. */
  all(): Engine[];
  /** The engine that serves a file. Throws a FailureError when the file is in no folder or the window not trusted. */
  of(uri: vscode.Uri): Engine;
  /** The engine of a folder's path, absent once the folder was removed. */
  at(folder: string): Engine | undefined;
  /** Fires when folders come or go, or trust is granted. */
  readonly onChanged: Event<Nothing>;
}

export interface EnginesParts {
  /** Absolute path of `aiwb.mjs`. */
  readonly script: string;
  readonly log: Log;
  readonly services: WindowServices;
}

export function createEngines(parts: EnginesParts): Engines {
  const engines = new Map<string, Engine>();
  const changed = createEmitter<Nothing>();

  function all(): Engine[] {
    if (!vscode.workspace.isTrusted) return [];
    return fileFolders().map(folder => engineOf(folder));
  }

  function engineOf(folder: vscode.WorkspaceFolder): Engine {
    const path = folder.uri.fsPath;
    const known = engines.get(path);
    if (known !== undefined) return known;
    const engine = createRestartingEngine({
      folder: path,
      log: parts.log,
      startSession: () => startOn(folder, parts),
      now: Date.now,
      wait: async milliseconds => await delay(milliseconds),
    });
    engines.set(path, engine);
    return engine;
  }

  const folders = vscode.workspace.onDidChangeWorkspaceFolders(event => {
    for (const folder of event.removed) {
      engines.get(folder.uri.fsPath)?.dispose();
      engines.delete(folder.uri.fsPath);
    }
    changed.fire(undefined);
  });
  const trust = vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire(undefined));

  return {
    all,
    of(uri) {
      if (!vscode.workspace.isTrusted) throw new FailureError(restricted());
      const folder = vscode.workspace.getWorkspaceFolder(uri) ?? onlyFolderFor(uri);
      if (folder === undefined) throw new FailureError(outsideFolders(uri));
      return engineOf(folder);
    },
    at: folder => all().find(engine => engine.folder === folder),
    onChanged: changed.event,
    dispose() {
      folders.dispose();
      trust.dispose();
      changed.dispose();
      for (const engine of engines.values()) engine.dispose();
    },
  };
}

function fileFolders(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(folder => folder.uri.scheme === 'file');
}

/** Untitled files belong to the first folder. */
function onlyFolderFor(uri: vscode.Uri): vscode.WorkspaceFolder | undefined {
  return uri.scheme === 'untitled' ? fileFolders()[0] : undefined;
}

async function startOn(folder: vscode.WorkspaceFolder, parts: EnginesParts): Promise<EngineSession> {
  const search = nodeSearch();
  const [program, forRuns, { startSession }] = await Promise.all([
    findNode(search),
    findNodeForRuns(search),
    import('./session.ts'),
  ]);
  const store = readStore(folder);
  const open: OpenWorkspace = {
    folder: folder.uri.fsPath,
    network: readNetwork(),
    ...(store === undefined ? {} : { store }),
    ...(forRuns === undefined ? {} : { nodePath: forRuns }),
  };
  return await startSession({ ...parts, program, open });
}

/** What finding a Node needs to know of this host. */
export function nodeSearch(): NodeSearch {
  return {
    configured: readNodePath(),
    hostPath: process.execPath,
    hostVersion: process.versions.node,
    searchPath: process.env['PATH'] ?? '',
    isWindows: process.platform === 'win32',
    probeVersion: probeNodeVersion,
  };
}

function restricted(): { code: string; message: string; remedy: string } {
  return {
    code: 'untrusted',
    message: vscode.l10n.t('Nothing is run in Restricted Mode, and the store is not read.'),
    remedy: vscode.l10n.t('Trust this workspace first.'),
  };
}

function outsideFolders(uri: vscode.Uri): { code: string; message: string; remedy: string } {
  return {
    code: 'usage',
    message: vscode.l10n.t('{0} is in no folder of this workspace.', vscode.workspace.asRelativePath(uri)),
    remedy: vscode.l10n.t('Open the folder that holds it: runs are kept beside its workbench.yaml.'),
  };
}
