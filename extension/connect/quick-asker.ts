import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Asker, Choice, InputQuestion, PickQuestion } from './ask.ts';
import type { StepPlace } from './flow.ts';
import { plain } from './words.ts';

interface ChoiceItem<T> extends vscode.QuickPickItem {
  readonly choice?: Choice<T>;
}

type Answer<T> = { readonly value: T } | 'back' | undefined;

/** Questions as VS Code's quick input asks them: with Back, step counts, and without going away when the window loses the focus. */
export const quickAsker: Asker = {
  pick,
  input,
  async file(title) {
    const [uri] = (await vscode.window.showOpenDialog({ title, canSelectMany: false })) ?? [];
    return uri?.fsPath;
  },
};

async function pick<T>(question: PickQuestion<T>): Promise<Answer<T>> {
  const { place, load, typed } = question;
  const box = vscode.window.createQuickPick<ChoiceItem<T>>();
  const closing = new AbortController();
  let choices = question.choices;
  describe(box, question);
  box.placeholder = question.placeholder;
  box.matchOnDescription = true;
  box.matchOnDetail = true;

  function draw(): void {
    const text = box.value.trim();
    const own = text === '' ? undefined : typed?.(text);
    const isListed = own !== undefined && choices.some(({ label }) => label === own.label);
    const [active] = box.activeItems;
    const wasMoved = active !== undefined && active !== firstOf(box.items);
    const items = toItems(own === undefined || isListed ? choices : [...choices, { ...own, isAlwaysShown: true }]);
    box.keepScrollPosition = true;
    box.items = items;
    const same = wasMoved
      ? items.find(({ label, choice }) => choice !== undefined && label === active.label)
      : undefined;
    const chosen = same ?? items.find(({ choice }) => choice?.isChosen === true);
    if (chosen !== undefined && text === '') box.activeItems = [chosen];
  }

  try {
    return await new Promise<Answer<T>>(resolve => {
      box.onDidAccept(() => {
        const [item] = box.selectedItems;
        if (item?.choice !== undefined && 'value' in item.choice) resolve({ value: item.choice.value as T });
      });
      box.onDidTriggerButton(button => {
        if (button === vscode.QuickInputButtons.Back) resolve('back');
      });
      box.onDidHide(() => resolve(undefined));
      box.onDidChangeValue(() => {
        if (typed !== undefined) draw();
      });
      draw();
      box.show();
      if (load === undefined) return;
      box.busy = true;
      load(closing.signal)
        .catch((error: unknown): readonly Choice<T>[] => [
          { label: describeFailure(toFailure(error)), icon: 'warning', isAlwaysShown: true },
          ...choices,
        ])
        .then(found => {
          if (closing.signal.aborted) return;
          choices = found;
          box.busy = false;
          draw();
        })
        .catch((error: unknown) => {
          throw error;
        });
    });
  } finally {
    closing.abort();
    box.dispose();
  }

  function describe(input: vscode.QuickInput, { title }: PickQuestion<T>): void {
    input.title = title;
    count(input, place);
    input.ignoreFocusOut = true;
    box.buttons = place.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  }
}

/** How many questions there are is known once the first is answered. */
function count(box: vscode.QuickInput, { step, total, canGoBack }: StepPlace): void {
  if (!canGoBack) return;
  box.step = step;
  box.totalSteps = total;
}

function toItems<T>(choices: readonly Choice<T>[]): ChoiceItem<T>[] {
  const items: ChoiceItem<T>[] = [];
  let group: string | undefined;
  for (const choice of choices) {
    if (choice.group !== undefined && choice.group !== group)
      items.push({ label: choice.group, kind: vscode.QuickPickItemKind.Separator });
    ({ group } = choice);
    const { icon, label, description, detail, isAlwaysShown } = choice;
    items.push({
      label: icon === undefined ? plain(label) : `$(${icon}) ${plain(label)}`,
      ...(description === undefined ? {} : { description: plain(description) }),
      ...(detail === undefined ? {} : { detail: plain(detail) }),
      ...(isAlwaysShown === undefined ? {} : { alwaysShow: isAlwaysShown }),
      choice,
    });
  }
  return items;
}

function firstOf<T>(items: readonly ChoiceItem<T>[]): ChoiceItem<T> | undefined {
  return items.find(({ choice }) => choice !== undefined);
}

async function input(question: InputQuestion): Promise<Answer<string>> {
  const { place, check } = question;
  const box = vscode.window.createInputBox();
  box.title = question.title;
  count(box, place);
  box.ignoreFocusOut = true;
  box.prompt = question.prompt;
  box.password = question.isSecret === true;
  box.value = question.value ?? '';
  box.valueSelection = [0, box.value.length];
  if (question.placeholder !== undefined) box.placeholder = question.placeholder;
  if (place.canGoBack) box.buttons = [vscode.QuickInputButtons.Back];
  const remark = (): boolean => {
    const found = check(box.value.trim());
    box.validationMessage =
      found === undefined
        ? undefined
        : {
            message: found.message,
            severity:
              found.isWarning === true
                ? vscode.InputBoxValidationSeverity.Warning
                : vscode.InputBoxValidationSeverity.Error,
          };
    return found === undefined || found.isWarning === true;
  };
  try {
    return await new Promise<Answer<string>>(resolve => {
      box.onDidAccept(() => {
        if (remark()) resolve({ value: box.value.trim() });
      });
      box.onDidTriggerButton(button => {
        if (button === vscode.QuickInputButtons.Back) resolve('back');
      });
      box.onDidHide(() => resolve(undefined));
      box.onDidChangeValue(() => {
        // An empty field is told when it is sent, not while nothing has been typed.
        if (box.value.trim() === '') box.validationMessage = undefined;
        else remark();
      });
      box.show();
    });
  } finally {
    box.dispose();
  }
}
