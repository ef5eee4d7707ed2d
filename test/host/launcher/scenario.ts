import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import type { Theme, WorkbenchActions } from '../protocol.ts';
import { themes } from '../themes.ts';
import type { BrowserHost, BrowserWindow } from './browser-host.ts';
import { scenariosFolder } from './paths.ts';
import { themeId } from './sandbox.ts';
import { openMs, themeLoaded, waitForWorkbench } from './workbench.ts';

/** How long a theme may take to come before the settings are written again. */
const themeMs = 5_000;
const themeTries = 6;

/** What a scenario gets: the actions of the window, and what only the launcher can do. */
export interface ScenarioContext extends WorkbenchActions {
  page: Page;
  context: BrowserContext;
  /** Absolute path of the workspace's copy. */
  workspace: string;
  /** Reloads the window by *Developer: Reload Window*, which keeps its editors, and waits until it is back. */
  reloadWindow(): Promise<void>;
  setTheme(theme: Theme): Promise<void>;
  /** Changes a setting of the running VS Code, except one of the scope `application`. */
  setSetting(key: string, value: unknown): void;
  /** Opens another window on the same workspace. */
  openWindow(): Promise<BrowserWindow>;
  /** Ids of processes that this VS Code has started, the extension's included, by their command lines; oldest first. */
  findProcesses(commandLine: RegExp): number[];
  log(...values: unknown[]): void;
}

export type Scenario = (context: ScenarioContext) => Promise<void>;

/** Names of the scenarios: the files in `scenarios/`, without their ending. */
export function listScenarios(): string[] {
  return globSync('*.{mjs,ts}', { cwd: scenariosFolder })
    .map(file => path.parse(file).name)
    .sort();
}

/** Loads a scenario by its name, or by the path of its file. Throws when there is none, naming those that there are. */
export async function loadScenario(name: string): Promise<Scenario> {
  const [file] = /[\\\\/]/.test(name) ? [path.resolve(name)] : globSync(`${name}.{mjs,ts}`, { cwd: scenariosFolder });
  if (file === undefined) {
    throw new Error(`There is no scenario "${name}". There are: ${listScenarios().join(', ') || 'none'}.`);
  }
  const module = (await import(pathToFileURL(path.resolve(scenariosFolder, file)).href)) as { scenario?: Scenario };
  if (typeof module.scenario !== 'function') throw new Error(`${file} exports no function "scenario".`);
  return module.scenario;
}

export function createScenarioContext({
  page,
  context,
  actions,
  sandbox,
  openWindow,
  findProcesses,
}: BrowserHost): ScenarioContext {
  return {
    ...actions,
    page,
    context,
    workspace: sandbox.workspace,
    async reloadWindow() {
      const gone = page.waitForEvent('load', { timeout: openMs });
      await Promise.all([gone, actions.runCommand('Developer: Reload Window')]);
      await waitForWorkbench(page);
    },
    async setTheme(theme) {
      const shown = page.locator(`.monaco-workbench.${themes[theme].className}${themeLoaded}`);
      for (let tries = 1; ; tries += 1) {
        sandbox.setSetting('workbench.colorTheme', themeId(theme));
        try {
          await shown.waitFor({ timeout: themeMs });
          return;
        } catch (error) {
          if (tries === themeTries) throw error;
        }
      }
    },
    setSetting: sandbox.setSetting,
    openWindow,
    findProcesses,
    log: (...values) => console.log(...values),
  };
}
