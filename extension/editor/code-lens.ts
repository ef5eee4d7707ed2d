import * as vscode from 'vscode';
import type { LanguageSupport } from '../language/start.ts';
import type { RegistryBook } from '../registry/registry-book.ts';
import type { RunBook } from '../runs/run-book.ts';
import { registerConnectionLenses } from './connection-lenses.ts';
import { registerPolicyLenses } from './policy-lenses.ts';
import { registerPromptLenses } from './prompt-lenses.ts';
import { registerRunLenses } from './run-lenses.ts';

export interface LensParts {
  readonly book: RunBook;
  readonly registry: RegistryBook;
  readonly language: LanguageSupport;
  readonly secrets: vscode.SecretStorage;
}

/** What can be done, and what came of it last, above the files it is done with. */
export function registerLenses({ book, registry, language, secrets }: LensParts): vscode.Disposable {
  return vscode.Disposable.from(
    registerRunLenses(book),
    registerPolicyLenses(registry),
    registerPromptLenses(book, language),
    registerConnectionLenses(secrets, language),
  );
}
