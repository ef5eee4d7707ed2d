import * as vscode from 'vscode';
import type { TakeChart } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';

/** The languages that documents of a format open in, where this VS Code has one. */
const languages: Readonly<Record<'csv' | 'svg', readonly string[]>> = { csv: ['csv'], svg: ['svg', 'xml'] };

/** Puts a chart, or its data, on the clipboard, into a new document or into a file. What a page sends is data: nothing of it is run. */
export async function takeChart({ take, format, name, content }: TakeChart): Promise<void> {
  if (take === 'save')
    await save(format, name, format === 'png' ? readPng(content) : new TextEncoder().encode(content));
  else if (format === 'png') throw noPicture();
  else if (take === 'copy') await vscode.env.clipboard.writeText(content);
  else await open(format, content);
}

async function open(format: 'csv' | 'svg', content: string): Promise<void> {
  const known = new Set(await vscode.languages.getLanguages());
  const language = languages[format].find(id => known.has(id));
  const document = await vscode.workspace.openTextDocument({
    content,
    ...(language === undefined ? {} : { language }),
  });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
}

async function save(format: TakeChart['format'], name: string, bytes: Uint8Array): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const fileName = `${fileNameOf(name)}.${format}`;
  const target = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) }),
    filters: { [format.toUpperCase()]: [format] },
    title: vscode.l10n.t('Save Chart'),
  });
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, bytes);
}

/** A question such as `Which model is better, and how sure?` as `which-model-is-better-and-how-sure`. */
function fileNameOf(name: string): string {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('-').slice(0, 80) || 'chart';
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function readPng(content: string): Uint8Array {
  const bytes = Buffer.from(content, 'base64');
  if (!pngSignature.every((byte, index) => bytes[index] === byte)) throw noPicture();
  return bytes;
}

function noPicture(): FailureError {
  return new FailureError({
    code: 'usage',
    message: vscode.l10n.t('The chart did not come as a picture that can be saved.'),
  });
}
