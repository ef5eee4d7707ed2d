import {
  LSPErrorCodes,
  ResponseError,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic as LspDiagnostic,
} from 'vscode-languageserver';
import { actionKinds, type Edits, type Offer, type Scene } from '../actions/offer.ts';
import { offerConversion, offerTestData } from '../actions/convert.ts';
import { offerMoves } from '../actions/extract.ts';
import { offerFixAll } from '../actions/fix-all.ts';
import { recogniseFindings } from '../actions/findings.ts';
import { offerFixes } from '../actions/fixes.ts';
import { offerParameters, offerPin, offerStyle } from '../actions/refactor.ts';
import { toWorkspaceEdit } from '../actions/workspace-edit.ts';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';

/** Fixes of findings, refactorings at the cursor, and all sure fixes at once. Edits that read files are made when they are chosen. */
export const codeActions: Feature = {
  capabilities: ({ resolvesActions }) => ({
    codeActionProvider: { codeActionKinds: Object.values(actionKinds), resolveProvider: resolvesActions },
  }),
  register: registerCodeActions,
};

/** Actions that were offered and may yet be chosen. */
const mostOffered = 300;

interface Offered {
  readonly scene: Scene;
  /** Of the document when it was offered. */
  readonly version: number;
  readonly make: (signal: AbortSignal) => Promise<Edits | undefined>;
}

function registerCodeActions(server: ServerContext): void {
  const { connection, documents } = server;
  const offered = new Map<number, Offered>();
  let lastId = 0;

  connection.onCodeAction(async (params, token) => {
    const document = documents.get(params.textDocument.uri);
    const parsed = document && server.parsed.parse(document);
    if (document === undefined || (parsed?.contents === undefined && parsed?.diagnostics[0]?.code !== 'empty-file'))
      return [];
    const { start, end } = params.range;
    const scene: Scene = {
      server,
      document,
      parsed,
      uri: document.uri,
      start: document.offsetAt(start),
      end: document.offsetAt(end),
    };
    const { version } = document;
    const found = await collectOffers(scene, params, signalOf(token));
    if (documents.get(document.uri)?.version !== version) return [];
    const actions: CodeAction[] = [];
    for (const { offer, diagnostics } of found) {
      const action = await toAction(scene, offer, diagnostics, signalOf(token));
      if (action !== undefined) actions.push(action);
    }
    return documents.get(document.uri)?.version === version ? actions : [];
  });

  async function toAction(
    scene: Scene,
    { title, kind, isPreferred, edits }: Offer,
    diagnostics: LspDiagnostic[],
    signal: AbortSignal,
  ): Promise<CodeAction | undefined> {
    const action: CodeAction = {
      title,
      kind,
      ...(diagnostics.length > 0 && { diagnostics }),
      ...(isPreferred === true && { isPreferred }),
    };
    if (typeof edits !== 'function') return { ...action, edit: toWorkspaceEdit(scene, edits) };
    if (server.client.resolvesActions) {
      lastId += 1;
      offered.set(lastId, { scene, version: scene.document.version, make: edits });
      for (const id of offered.keys()) if (id <= lastId - mostOffered) offered.delete(id);
      return { ...action, data: lastId };
    }
    const made = await edits(signal);
    return made && { ...action, edit: toWorkspaceEdit(scene, made) };
  }

  connection.onCodeActionResolve(async (action, token) => {
    const known = typeof action.data === 'number' ? offered.get(action.data) : undefined;
    if (known === undefined) return action;
    const { scene, version, make } = known;
    const isCurrent = (): boolean => documents.get(scene.uri)?.version === version;
    const edits = isCurrent() ? await make(signalOf(token)) : undefined;
    if (!isCurrent()) throw new ResponseError(LSPErrorCodes.ContentModified, 'The document has changed.');
    if (edits === undefined)
      throw new ResponseError(LSPErrorCodes.RequestFailed, 'This cannot be done any more: a file has changed.');
    return { ...action, edit: toWorkspaceEdit(scene, edits) };
  });
}

interface FoundOffer {
  readonly offer: Offer;
  readonly diagnostics: LspDiagnostic[];
}

async function collectOffers(
  scene: Scene,
  { context }: CodeActionParams,
  signal: AbortSignal,
): Promise<readonly FoundOffer[]> {
  const wants = (kind: string): boolean =>
    context.only === undefined ||
    context.only.some(only => only === kind || kind.startsWith(`${only}.`) || only === '');
  const found: FoundOffer[] = [];
  const add = (offers: readonly Offer[]): void => {
    for (const offer of offers) if (wants(offer.kind)) found.push({ offer, diagnostics: [] });
  };
  if (wants(actionKinds.fix)) found.push(...(await collectFixes(scene, context.diagnostics, signal)));
  const isRefactoring = [actionKinds.extract, actionKinds.inline, actionKinds.rewrite].some(wants);
  if (isRefactoring) {
    add(await offerMoves(scene));
    add(offerParameters(scene));
    add(await offerPin(scene));
    add(offerStyle(scene));
    if (found.every(({ diagnostics }) => diagnostics.length === 0)) {
      add(offerConversion(scene, actionKinds.rewrite));
      add(offerTestData(scene, actionKinds.rewrite));
    }
  }
  // Unasked, everything would be checked again for each move of the cursor.
  if (context.only !== undefined && wants(actionKinds.fixAll)) add(await offerFixAll(scene, signal));
  return found;
}

/** One action may fix several findings: it is offered once, with all of them. */
async function collectFixes(
  scene: Scene,
  shown: readonly LspDiagnostic[],
  signal: AbortSignal,
): Promise<readonly FoundOffer[]> {
  const found: FoundOffer[] = [];
  for (const known of await recogniseFindings(scene, shown, signal)) {
    for (const offer of await offerFixes(known.finding, scene, signal)) {
      const same = found.find(other => other.offer.title === offer.title && isSameEdit(other.offer, offer));
      if (same === undefined) found.push({ offer, diagnostics: [known.shown] });
      else same.diagnostics.push(known.shown);
    }
  }
  return found;
}

function isSameEdit(a: Offer, b: Offer): boolean {
  if (typeof a.edits === 'function' || typeof b.edits === 'function') return typeof a.edits === typeof b.edits;
  return JSON.stringify(a.edits) === JSON.stringify(b.edits);
}
