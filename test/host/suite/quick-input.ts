import { driver } from './driver.ts';
import { eventually } from './workspace.ts';

export const quickInput = '.quick-input-widget';
const shown = `${quickInput}:visible`;

/** The question on the screen, once it shows `expected` and takes what is typed. */
export async function question(expected: RegExp): Promise<string> {
  return await eventually(async see => {
    // A hidden one still has the text of the question before.
    if ((await driver.count(shown)) === 0) {
      see('no question');
      return undefined;
    }
    const text = see(await driver.text(quickInput));
    if (!expected.test(text)) return undefined;
    if ((await driver.count(`${shown} input:focus`)) > 0) return text;
    await driver.click(`${shown} .quick-input-box input`);
    return undefined;
  });
}

/** Takes the entry that is chosen by itself once it shows `label`: VS Code asks before it has the entries. */
export async function take(title: RegExp, label: string): Promise<void> {
  await question(title);
  await untilChosen(label);
  await driver.press('Enter');
}

/** Chooses what `label` leaves of a list. */
export async function choose(title: RegExp, label: string): Promise<void> {
  await question(title);
  await driver.type(label);
  await untilChosen(label);
  await driver.press('Enter');
}

export async function fill(title: RegExp, value: string): Promise<void> {
  await question(title);
  await driver.press('Control+a');
  await driver.type(value);
  await eventually(async see => see(await driver.value(`${shown} .quick-input-box input`)) === value || undefined);
  await driver.press('Enter');
}

/** Gives the question up. */
export async function giveUp(): Promise<void> {
  await driver.press('Escape');
  await driver.waitFor(quickInput, 'hidden');
}

async function untilChosen(label: string): Promise<void> {
  const row = `${shown} .monaco-list-row.focused`;
  await eventually(async see => {
    const chosen = see((await driver.count(row)) === 0 ? '' : await driver.text(row));
    return chosen.includes(label) || undefined;
  });
}
