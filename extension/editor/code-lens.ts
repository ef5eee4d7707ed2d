import * as vscode from 'vscode';
import type { LanguageSupport } from '../language/start.ts';
import type { Log } from '../base/log.ts';
import type { Engines } from '../engine/engines.ts';
import type { RegistryBook } from '../registry/registry-book.ts';
import type { RunBook } from '../runs/run-book.ts';
import { registerConnectionLenses } from './connection-lenses.ts';
import { registerPolicyLenses } from './policy-lenses.ts';
import { registerPromptLenses } from './prompt-lenses.ts';
import { registerQuoteLenses } from './quote-lenses.ts';
import { registerRunLenses } from './run-lenses.ts';

export interface LensParts {
  readonly engines: Engines;
  readonly book: RunBook;
  readonly registry: RegistryBook;
  readonly language: LanguageSupport;
  readonly secrets: vscode.SecretStorage;
  readonly log: Log;
}

/** What can be done, and what came of it last, above the files it is done with. */
export function registerLenses({ engines, book, registry, language, secrets, log }: LensParts): vscode.Disposable {
  return vscode.Disposable.from(
    registerRunLenses(book),
    registerPolicyLenses({ engines, registry, log }),
    registerPromptLenses(book, language),
    registerQuoteLenses(engines, log),
    registerConnectionLenses(secrets, language),
  );
}
