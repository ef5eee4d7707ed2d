import * as vscode from 'vscode';
import type { Matches } from './count-matches.ts';
import { suggestWords, type KnownWords } from './filter-words.ts';

export interface FilterQuestion {
  /** The filter that is set. */
  readonly text: string;
  readonly recent: readonly string[];
  known(): KnownWords;
  count(text: string, signal: AbortSignal): Promise<Matches>;
}

interface FilterChoice extends vscode.QuickPickItem {
  /** What taking it makes of the text. Absent: the text is used as it is. */
  readonly text?: string;
  /** Whether it is used at once. */
  readonly isWhole?: boolean;
}

/** Whoever types is not counted for with every letter. */
const countDelayMs = 200;

/** Lets the user write a filter, with its fields explained and how much it lets through; undefined when it is given up. */
export async function askForFilter({ text, recent, known, count }: FilterQuestion): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<FilterChoice>();
  pick.title = t('Filter the Registry View');
  pick.placeholder = t('Words, field:value and figure<number, such as status:approved ttft_p90<200 task:asr');
  pick.value = text === '' ? '' : `${text} `;
  let counting = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function draw(matches: Matches | undefined): void {
    const isEmpty = pick.value.trim() === '';
    const label = isEmpty ? t('Show All') : t('Show What Matches');
    const words = matches === undefined ? t('counting…') : describe(matches);
    const apply: FilterChoice = {
      label: `$(${isEmpty ? 'list-flat' : 'filter'}) ${label}`,
      description: words,
      alwaysShow: true,
    };
    const suggested = suggestWords(pick.value, known()).map(({ word, explanation, text }): FilterChoice => ({
      label: plainLabel(word),
      description: explanation,
      alwaysShow: true,
      text,
    }));
    const kept = isEmpty
      ? recent.map((one): FilterChoice => ({
          label: `$(history) ${plainLabel(one)}`,
          alwaysShow: true,
          text: one,
          isWhole: true,
        }))
      : [];
    const heading = (label: string): FilterChoice => ({ label, kind: vscode.QuickPickItemKind.Separator });
    pick.keepScrollPosition = true;
    pick.items = [
      apply,
      ...(kept.length === 0 ? [] : [heading(t('Recent')), ...kept]),
      ...(suggested.length === 0 ? [] : [heading(t('Fields and Figures')), ...suggested]),
    ];
  }

  function offer(): void {
    counting.abort();
    clearTimeout(timer);
    const own = new AbortController();
    counting = own;
    draw(undefined);
    timer = setTimeout(() => {
      count(pick.value.trim(), own.signal).then(
        matches => {
          if (own.signal.aborted) return;
          const [active] = pick.activeItems;
          draw(matches);
          const same = pick.items.find(({ label }) => label === active?.label);
          if (same !== undefined) pick.activeItems = [same];
        },
        // What was called off is of no interest; what failed is told by the view.
        () => undefined,
      );
    }, countDelayMs);
  }

  return await new Promise(resolve => {
    pick.onDidChangeValue(offer);
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen?.text === undefined || chosen.isWhole === true) {
        resolve(chosen?.text ?? pick.value);
        pick.hide();
        return;
      }
      pick.value = chosen.text;
      offer();
    });
    pick.onDidHide(() => {
      counting.abort();
      clearTimeout(timer);
      resolve(undefined);
      pick.dispose();
    });
    offer();
    pick.show();
  });
}

function describe({ models, unmatched }: Matches): string {
  const { t } = vscode.l10n;
  const found = models === 1 ? t('1 model') : t('{0} models', models.toLocaleString('en-US'));
  return unmatched.length === 0
    ? found
    : `${found} · ${t('No field or figure is called so: {0}', unmatched.join(' '))}`;
}

/** VS Code draws icons for `$(name)` in the labels of choices. */
function plainLabel(text: string): string {
  return text.replace(/\$\(/g, '\\$(');
}
