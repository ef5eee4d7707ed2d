import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { WebviewTarget } from '../protocol.ts';
import { driver } from './driver.ts';
import { eventually } from './workspace.ts';

/** What is waited for: a pattern, or a question about the text. */
type Fits = RegExp | ((text: string) => boolean);

const patienceMs = 60_000;
const widget = '.quick-input-widget';

/**
 * Text of the page that `target` means, or that has this title, once it fits. A page that is not there yet is waited for like one that shows
 * something else. Fails with what was there instead.
 */
export async function pageText(target: WebviewTarget | string, fits: Fits, patience = patienceMs): Promise<string> {
  const meant = typeof target === 'string' ? { title: target } : target;
  return await untilFits(`the page ${JSON.stringify(meant)}`, () => driver.webviewText(meant), fits, patience);
}

/** Text of the first element that the selector finds, once it fits. */
export async function shownText(selector: string, fits: Fits, patience = patienceMs): Promise<string> {
  return await untilFits(selector, () => driver.text(selector), fits, patience);
}

/** The notification that says so. */
export async function told(fits: RegExp, patience = patienceMs): Promise<string> {
  let said: string[] = [];
  const read = async (): Promise<string> => {
    said = await driver.notifications();
    return said.find(text => fits.test(text)) ?? said.join('\n');
  };
  return await untilFits('the notifications', read, () => said.some(text => fits.test(text)), patience, fits);
}

/** Waits until an element can be seen. */
export async function untilShown(selector: string, patience = patienceMs): Promise<void> {
  await untilCount(`${selector} >> visible=true`, count => count > 0, patience);
}

/** Waits until so many elements are there. */
export async function untilCount(
  selector: string,
  fits: (count: number) => boolean,
  patience = patienceMs,
): Promise<void> {
  const read = async (): Promise<string> => String(await driver.count(selector));
  await untilFits(`the number of ${selector}`, read, count => fits(Number(count)), patience);
}

/** Waits until the dialog for files names this file: Enter means nothing to it before. */
export async function untilFileNamed(fits: (path: string) => boolean): Promise<void> {
  await untilFits('the dialog for files', () => driver.value(`${widget} input[type="text"]`), fits, patienceMs);
}

/** Takes the entry with this label from the list that is shown, or is about to be. */
export async function choose(label: string): Promise<void> {
  const row = `${widget} .monaco-list-row >> text=${label}`;
  await untilShown(row);
  await driver.click(row);
}

/** Opens a text file and waits until extensions, too, hear that it is the active one. */
export async function openText(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const { document } = await vscode.window.showTextDocument(uri, { preview: false });
  await activeEditor(active => active.uri.toString() === uri.toString());
  return document;
}

/** The document of the active text editor, once it is the one that is meant: what is active is told by an event. */
export async function activeEditor(fits: (document: vscode.TextDocument) => boolean): Promise<vscode.TextDocument> {
  return await eventually(() => {
    const document = vscode.window.activeTextEditor?.document;
    return document !== undefined && fits(document) ? document : undefined;
  }, patienceMs).catch(() => {
    const seen = vscode.window.activeTextEditor?.document.uri.toString() ?? 'none';
    assert.fail(`The active editor is not the one that is meant: ${seen}.`);
  });
}

/** Reads again and again, through failures, until what is read fits. */
async function untilFits(
  what: string,
  read: () => Promise<string>,
  fits: Fits,
  patience: number,
  named: Fits = fits,
): Promise<string> {
  const end = Date.now() + patience;
  for (let seen = ''; ;) {
    try {
      seen = await read();
      if (fits instanceof RegExp ? fits.test(seen) : fits(seen)) return seen;
    } catch (error) {
      seen = `nothing, for ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > end)
      assert.fail(`Within ${patience} ms ${what} did not fit ${named.toString()}, but was: ${seen.slice(0, 2000)}`);
    await wait(100);
  }
}
