import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Theme } from '../protocol.ts';
import { themes } from '../themes.ts';
import { lenderFolder } from './paths.ts';

/** Where one VS Code keeps everything: deleted as a whole at the end. */
export interface Sandbox {
  /** Copy of the workspace folder, so that no test changes the repository. */
  workspace: string;
  /** Home folder of the server and its extension host, empty at first. */
  home: string;
  /** Data folder of the server: user settings, logs, extensions. */
  data: string;
  results: string;
  /**
   * Changes a setting of the running VS Code. It goes to the machine's settings, because a VS Code in a browser reads
   * the user's only when it starts; settings of the scope `application` are ignored there.
   */
  setSetting(key: string, value: unknown): void;
  remove(): void;
}

const notCopied = new Set(['.git', '.aiwb', 'node_modules', 'reports', 'scorecards']);

/** Creates fresh folders, with a copy of `workspace` when it is given and there, and user settings that keep VS Code quiet. */
export function createSandbox(workspace: string | undefined): Sandbox {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'aiwb-host-')));
  const machineSettings: Record<string, unknown> = {};
  const sandbox: Sandbox = {
    workspace: path.join(root, 'workspace'),
    home: path.join(root, 'home'),
    data: path.join(root, 'data'),
    results: path.join(root, 'results.json'),
    setSetting(key, value) {
      machineSettings[key] = value;
      writeJson(path.join(root, 'data/data/Machine/settings.json'), machineSettings);
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
  for (const folder of ['workspace', 'home', 'data/data/User', 'data/data/Machine'])
    mkdirSync(path.join(root, folder), { recursive: true });
  if (workspace !== undefined && existsSync(workspace)) {
    cpSync(workspace, sandbox.workspace, { recursive: true, filter: file => !notCopied.has(path.basename(file)) });
  }
  cpSync(lenderFolder, path.join(root, 'data/extensions/ai-workbench-tests.test-lender-0.0.1'), { recursive: true });
  // Registering and assessing are done by somebody.
  writeFileSync(path.join(sandbox.home, '.gitconfig'), '[user]\n\tname = Ada Author\n\temail = ada@author.example\n');
  writeJson(path.join(root, 'data/data/User/settings.json'), {
    ...quietSettings,
    'workbench.colorTheme': themeId('dark'),
  });
  return sandbox;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}

export function themeId(theme: Theme): string {
  return themes[theme].ids[0] ?? theme;
}

/** Nothing pops up, moves, phones out or follows the machine's own look. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'editor.cursorBlinking': 'solid',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  // A VS Code in a browser saves what changed after a second: what a test finds on disk would depend on its pace.
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.showReleaseNotes': false,
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'window.confirmBeforeClose': 'never',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};
