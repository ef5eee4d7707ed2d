import * as vscode from 'vscode';
import type { Disposable } from '../base/emitter.ts';
import { completeTag, parseFilter, suggestTags, type Filter, type FilterFacts, type FilterTag } from './filter.ts';

export interface ViewFilterOptions {
  /** As in the commands' ids: `Runs` for `aiwb.filterRuns` and `aiwb.clearRunsFilter`. */
  readonly name: 'Data' | 'Models' | 'Policies' | 'Prompts' | 'Registry' | 'Runs';
  readonly viewId: string;
  tags(): readonly FilterTag[];
  /** Everything that is there to be filtered. */
  facts(): Iterable<FilterFacts>;
  onChanged(): void;
}

/** One view's filter. It lives as long as the window. */
export interface ViewFilter extends Disposable {
  readonly current: Filter | undefined;
  matches(facts: FilterFacts): boolean;
  /** What is said above the rows while it filters; absent otherwise. */
  describe(): string | undefined;
}

/** Creates a view's filter with the commands that set and clear it, and the context key that menus ask. */
export function createViewFilter(options: ViewFilterOptions): ViewFilter {
  const { name, viewId } = options;
  let current: Filter | undefined;

  function set(text: string): void {
    const next = parseFilter(text, options.tags());
    if (next?.text === current?.text) return;
    current = next;
    void vscode.commands.executeCommand('setContext', `aiwb.filtered${name}`, current !== undefined);
    options.onChanged();
  }

  async function ask(given: unknown): Promise<void> {
    if (typeof given === 'string') set(given);
    else {
      await vscode.commands.executeCommand(`${viewId}.focus`);
      const text = await askForFilter(options, current?.text ?? '');
      if (text !== undefined) set(text);
    }
  }

  const parts = vscode.Disposable.from(
    vscode.commands.registerCommand(`aiwb.filter${name}`, ask),
    vscode.commands.registerCommand(`aiwb.clear${name}Filter`, () => set('')),
  );
  return {
    get current() {
      return current;
    },
    matches: facts => current?.matches(facts) ?? true,
    describe() {
      if (current === undefined) return undefined;
      const { shown, total } = count(options, current);
      return vscode.l10n.t('Filter: {0} ({1} of {2})', current.text, shown, total);
    },
    dispose: () => void parts.dispose(),
  };
}

function count({ facts }: ViewFilterOptions, filter: Filter | undefined): { shown: number; total: number } {
  let shown = 0;
  let total = 0;
  for (const one of facts()) {
    total += 1;
    if (filter?.matches(one) ?? true) shown += 1;
  }
  return { shown, total };
}

interface FilterChoice extends vscode.QuickPickItem {
  /** Absent on the choice that takes the text as it is. */
  readonly tag?: string;
}

/** Lets the user write a filter with its tags offered; undefined when it is given up. */
async function askForFilter(options: ViewFilterOptions, text: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<FilterChoice>();
  pick.title = vscode.l10n.t('Filter the View');
  pick.placeholder = vscode.l10n.t('Words to look for, or @ and a property');
  pick.value = text === '' ? '' : `${text} `;

  function offer(): void {
    const tags = options.tags();
    const { shown, total } = count(options, parseFilter(pick.value, tags));
    const apply: FilterChoice =
      pick.value.trim() === ''
        ? { label: `$(list-flat) ${vscode.l10n.t('Show All ({0})', total)}`, alwaysShow: true }
        : { label: `$(filter) ${vscode.l10n.t('Show {0} of {1}', shown, total)}`, alwaysShow: true };
    const suggested = suggestTags(pick.value, tags).map(({ tag, label }): FilterChoice => ({
      label: `@${tag}`,
      description: label,
      alwaysShow: true,
      tag,
    }));
    // Whoever has begun to write a property wants it completed.
    pick.items = /(^|\s)@\S*$/.test(pick.value) ? [...suggested, apply] : [apply, ...suggested];
  }

  return await new Promise(resolve => {
    pick.onDidChangeValue(offer);
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen?.tag === undefined) {
        resolve(pick.value);
        pick.hide();
        return;
      }
      pick.value = completeTag(pick.value, chosen.tag);
      offer();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    offer();
    pick.show();
  });
}
