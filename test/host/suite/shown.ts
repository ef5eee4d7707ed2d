import * as vscode from 'vscode';
import { driver } from './driver.ts';
import { quickInput } from './quick-input.ts';
import { eventually } from './workspace.ts';

/** What a text must be: a pattern, or a question about it. */
export type Expected = RegExp | ((text: string) => boolean);

const patienceMs = 60_000;

export function fits(text: string, expected: Expected): boolean {
  return expected instanceof RegExp ? expected.test(text) : expected(text);
}

/** Text of the first element that the selector finds, once it fits. */
export async function shownText(selector: string, expected: Expected): Promise<string> {
  return await eventually(async see => {
    const { text } = see({ expected: String(expected), text: await driver.text(selector) });
    return fits(text, expected) ? text : undefined;
  }, patienceMs);
}

/** The notification that says so. */
export async function told(expected: RegExp): Promise<string> {
  return await eventually(async see => see(await driver.notifications()).find(text => expected.test(text)), patienceMs);
}

/** Waits until an element can be seen. */
export async function untilShown(selector: string): Promise<void> {
  await untilCount(`${selector} >> visible=true`, count => count > 0);
}

/** Waits until so many elements are there. */
export async function untilCount(
  selector: string,
  expected: (count: number) => boolean,
  patience = patienceMs,
): Promise<void> {
  await eventually(async see => {
    const { count } = see({ selector, count: await driver.count(selector) });
    return expected(count) || undefined;
  }, patience);
}

/** Waits until the dialog for files names this file: Enter means nothing to it before. */
export async function untilFileNamed(isMeant: (path: string) => boolean): Promise<void> {
  await eventually(async see => {
    const named = see(await driver.value(`${quickInput} input[type="text"]`));
    return isMeant(named) || undefined;
  }, patienceMs);
}

/** Clicks the entry with this label in the list that is shown, or is about to be. */
export async function clickEntry(label: string): Promise<void> {
  const row = `${quickInput} .monaco-list-row >> text=${label}`;
  await untilShown(row);
  await driver.click(row);
}

/** Opens a text file and waits until extensions, too, hear that it is the active one. */
export async function openText(uri: vscode.Uri): Promise<vscode.TextDocument> {
  await vscode.window.showTextDocument(uri, { preview: false });
  return await activeEditor(document => document.uri.toString() === uri.toString());
}

/** The document of the active text editor, once it is the one that is meant: what is active is told by an event. */
export async function activeEditor(isMeant: (document: vscode.TextDocument) => boolean): Promise<vscode.TextDocument> {
  return await eventually(see => {
    const document = vscode.window.activeTextEditor?.document;
    see(document?.uri.toString() ?? 'no active editor');
    return document !== undefined && isMeant(document) ? document : undefined;
  }, patienceMs);
}
