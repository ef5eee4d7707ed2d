import * as vscode from 'vscode';
import type { SourceDocument } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { plain } from '../connect/words.ts';
import type { Engine } from '../engine/engine.ts';
import { referenceTo, type VersionEntry } from '../registry/registry-book.ts';
import { versionName } from '../registry/words.ts';
import { placeOf } from './pick-version.ts';

/** Words of a document; what is selected in the editor is proposed, since the text is often open there. */
export async function askForQuote(
  engine: Engine,
  entry: VersionEntry,
): Promise<{ document: string; quote: string }[] | undefined> {
  const { documents } = await engine.request('documents/list', referenceTo(placeOf(entry)));
  const readable = documents.filter(({ state }) => state === 'read');
  if (readable.length === 0) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('{0} has no document with text.', versionName(entry.details)),
      remedy: vscode.l10n.t('Add one: aiwb documents add FILE {0}', versionName(entry.details)),
    });
  }
  const chosen = await vscode.window.showQuickPick(
    readable.map((document: SourceDocument) => ({
      label: plain(document.name),
      description: document.digest.slice(0, 8),
      document,
    })),
    { title: vscode.l10n.t('Which Document Shows It?') },
  );
  if (chosen === undefined) return undefined;
  const editor = vscode.window.activeTextEditor;
  const selected = editor === undefined ? '' : editor.document.getText(editor.selection).replace(/\s+/g, ' ').trim();
  const document = chosen.document.digest;
  const quote = await askForWords(engine, { document, name: chosen.label }, selected.slice(0, 4000));
  return quote === undefined ? undefined : [{ document, quote }];
}

/** Words that the document has: others are given back to be corrected. */
async function askForWords(
  engine: Engine,
  { document, name }: { readonly document: string; readonly name: string },
  proposed: string,
): Promise<string | undefined> {
  const absent = vscode.l10n.t('{0} does not have these words.', name);
  const wrong = new Set<string>();
  for (let value = proposed; ;) {
    const ask = vscode.l10n.t('The words that show it, copied from the document');
    const quote = await vscode.window.showInputBox({
      title: vscode.l10n.t('Quote {0}', name),
      // A value that is there from the beginning is not validated until it is changed or accepted.
      prompt: wrong.has(value) ? `${absent} ${ask}` : ask,
      value,
      ignoreFocusOut: true,
      validateInput(text) {
        if (text.trim() === '') return vscode.l10n.t('Copy the words from the document.');
        return wrong.has(text) ? absent : undefined;
      },
    });
    if (quote === undefined) return undefined;
    const { places } = await engine.request('documents/find', { document, quote });
    if (places.length > 0) return quote;
    wrong.add(quote);
    value = quote;
  }
}
