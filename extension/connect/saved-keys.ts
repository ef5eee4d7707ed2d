import type * as vscode from 'vscode';
import { secretStorageKey } from '../engine/secret-desk.ts';

const namesKey = 'aiwb.secretNames';

/** Names only; the keys themselves lie in secret storage and cannot be listed. */
export function savedKeyNames({ globalState }: vscode.ExtensionContext): string[] {
  return globalState.get<string[]>(namesKey, []);
}

export async function saveKey(extension: vscode.ExtensionContext, name: string, value: string): Promise<void> {
  await extension.secrets.store(secretStorageKey(name), value);
  await extension.globalState.update(namesKey, [...new Set([...savedKeyNames(extension), name])].sort());
}

export async function deleteKey(extension: vscode.ExtensionContext, name: string): Promise<void> {
  await extension.secrets.delete(secretStorageKey(name));
  await extension.globalState.update(
    namesKey,
    savedKeyNames(extension).filter(known => known !== name),
  );
}
