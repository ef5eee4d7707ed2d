import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createPodHost } from '../../fakes/pod-host.ts';
import { startRunPodServer } from '../../fakes/runpod.ts';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { repositoryRoot } from '../launcher/paths.ts';
import { until, untilFits } from '../until.ts';

const key = 'rpa_0123456789';
const picker = '.quick-input-widget';
const scorecard = 'scorecards/dialogs.scorecard.json';

const policy = `id: dialogs
version: 1.0.0
level: team
assess: {model: ticket-triage@candidate, scorecard: ../${scorecard}}
controls:
  - id: VAL-01
    title: It was validated
    severity: high
    checks: [{id: VAL-01.groups, type: document, question: "Does the report name the groups?"}]
  - id: CARD-01
    title: The card names who decides
    severity: high
    checks: [{id: CARD-01.card, type: model-card, path: "#who-decides"}]
`;

const job = `name: small
base: hub:marlo/tiny
task: text-classification
aspects:
  core-performance:
    dataset: {path: data/tickets.jsonl, input: text, target: category, split: {field: split, train: train, test: test}}
`;

/** What is asked before something is installed, started, ended, waived or stated, and what becomes of it when a person says no, or errs. */
export async function scenario(window: ScenarioContext): Promise<void> {
  const asked = await refuseTraining(window);
  window.log(`nothing was installed: ${asked}`);
  const run = prepare(window);
  await endMachine(window, run);
  window.log('a machine was ended, and no other');
  await requestWaiver(window);
  window.log('a waiver was asked for, and not by its own author approved');
  await answerFromDocument(window);
  window.log('words that a document does not have were given back');
  await compareWithCommit(window);
  window.log('a scorecard was compared with a commit');
}

/** Training on this machine asks before it installs; refused, nothing is left. An interpreter that is none is told as such. */
async function refuseTraining(window: ScenarioContext): Promise<string> {
  const { workspace, openFile, screenshot, setTheme } = window;
  write(window, 'small.tune.yaml', job);
  await openFile('small.tune.yaml');
  await pickFrom(window, 'AI Workbench: Train on…', 'This machine');
  const asked = await dialogText(window, /Install what training on this machine needs\?/);
  assert.match(asked, /gigabytes[^]*Folder: \S+[^]*Libraries: .*torch==/);
  for (const theme of ['light', 'hc-dark', 'dark'] as const) {
    await setTheme(theme);
    await screenshot(`dialogs-install-${theme}`);
  }
  await answer(window, 'Cancel');
  await told(window, /Start it again to be asked again/);
  const cache = path.join(workspace, '../home/.cache/aiwb/trainer');
  assert.deepEqual(existsSync(cache) ? readdirSync(cache) : [], [], 'nothing is installed');

  const declared = readFileSync(path.join(workspace, 'workbench.yaml'), 'utf8');
  write(window, 'workbench.yaml', `${declared}\ncompute:\n  mine: {type: local, python: /usr/bin/false}\n`);
  await pickFrom(window, 'AI Workbench: Train on…', 'mine');
  assert.match(await dialogText(window, /Let this run start a program\?/), /\/usr\/bin\/false/);
  await answer(window, 'Allow');
  await told(window, /\/usr\/bin\/false is not there or is no Python\. Install Python 3\.10 or newer/);
  write(window, 'workbench.yaml', declared);
  assert.deepEqual(listRuns(window), [], 'no run was started');
  return asked.split('\n').find(line => line.startsWith('Folder')) ?? '';
}

/** A version with an assessment and a document, in a git repository. Returns the id of the run that made it. */
function prepare(window: ScenarioContext): string {
  const { workspace } = window;
  write(window, 'policies/dialogs.policy.yaml', policy);
  write(window, 'report.md', '# Report\n\nThe model was tested on native speakers and on learners.\n');
  aiwb(window, ['tune', 'ticket-triage.tune.yaml']);
  // Exit code 1: the gate is not passed.
  aiwb(window, ['assess', '--policy', 'policies/dialogs.policy.yaml'], 1);
  aiwb(window, ['documents', 'add', 'report.md', 'ticket-triage@1']);
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=Ada Author', '-c', 'user.email=ada@author.example'];
    execFileSync('git', [...who, ...args], { cwd: workspace, stdio: 'ignore' });
  };
  git('init');
  git('add', '-f', scorecard);
  git('commit', '-m', 'The first scorecard');
  const [run] = listRuns(window);
  return run ?? assert.fail('the tuning run is there');
}

/** Only what the person agrees to is ended: saying no ends nothing. */
async function endMachine(window: ScenarioContext, run: string): Promise<void> {
  const { workspace, runCommand, screenshot, text, page } = window;
  const host = createPodHost();
  const server = await startRunPodServer({ host, key });
  const declared = readFileSync(path.join(workspace, 'workbench.yaml'), 'utf8');
  try {
    for (const name of [`aiwb-${run}`, 'aiwb-20200101-000000-zzzzz']) await leavePod(server.origin, name);
    const settings = `type: runpod, url: "${server.origin}/v2", gpu: NVIDIA L40S, storage: {type: folder, path: /nowhere}`;
    const pods = (apiKey: string): string => `${declared}\ncompute:\n  pods: {${settings}, apiKey: ${apiKey}}\n`;
    write(window, 'workbench.yaml', pods('{env: AIWB_NO_SUCH_KEY}'));
    await runCommand('AI Workbench: Find Orphaned Machines…');
    await dialogText(window, /Send the key/);
    await answer(window, 'Allow');
    const notes = await told(window, /AIWB_NO_SUCH_KEY is not set/);
    // Its storage could be looked at.
    assert.ok(
      !notes.some(note => /left on .*pods(?! \(storage\))/.test(note)),
      'nothing is claimed of what could not be asked',
    );

    write(window, 'workbench.yaml', pods(`{command: echo ${key}}`));
    await runCommand('AI Workbench: Find Orphaned Machines…');
    await dialogText(window, /send the key it prints/);
    await answer(window, 'Allow');
    const accept = async (): Promise<string> => {
      await page.locator(`${picker} .monaco-list-row >> text=pod1`).first().waitFor({ timeout: 60_000 });
      await page.locator(`${picker} .monaco-button >> text=OK`).click();
      return await dialogText(window, /End pod1 for good\?/);
    };
    await page.locator(`${picker} .monaco-list-row >> text=pod1`).first().waitFor({ timeout: 60_000 });
    assert.match(await text(`${picker} .quick-input-list`), /has ended[^]*No run of this store made it/);
    await screenshot('dialogs-orphans');
    assert.match(await accept(), /0\.99 USD an hour/);
    await answer(window, 'Cancel');
    assert.equal(host.pods.length, 2, 'saying no ends nothing');
    await runCommand('AI Workbench: Find Orphaned Machines…');
    await accept();
    await answer(window, 'End');
    await told(window, /Ended: 1/);
    assert.deepEqual(
      host.pods.map(({ id }) => id),
      ['pod2'],
    );
  } finally {
    write(window, 'workbench.yaml', declared);
    await server.close();
  }
}

/** A pod as the workbench makes them. */
async function leavePod(origin: string, name: string): Promise<void> {
  const reply = await fetch(`${origin}/v2/pods`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, image: 'pytorch', gpu: { id: 'NVIDIA L40S', count: 1 } }),
  });
  assert.equal(reply.status, 201);
}

/** What is recorded is read before it is, a day that is none is refused, and whoever asks does not approve. */
async function requestWaiver(window: ScenarioContext): Promise<void> {
  const { screenshot, page, text } = window;
  await pickFrom(window, 'AI Workbench: Request Waiver…', 'ticket-triage@1');
  await pick(window, 'CARD-01');
  await fill(window, '(1/3)', 'The card is being written.');
  await fill(window, '(2/3)', 'A clerk reads every tenth answer.');
  const year = new Date().getUTCFullYear() + (new Date().getUTCMonth() < 6 ? 0 : 1);
  await fill(window, '(3/3)', `${year}-06-31`);
  await until(async () => /Write a day/.test(await text(picker)));
  await screenshot('dialogs-waiver-day');
  await page
    .locator(`${picker} input[type=text]`)
    .first()
    .fill(new Date(Date.now() + 864e6).toISOString().slice(0, 10));
  await page.keyboard.press('Enter');
  const asked = await dialogText(window, /Ask for a waiver of CARD-01/);
  assert.match(asked, /Reason: The card is being written\.\nIn its place: A clerk reads.*\nUntil: \d{4}-\d{2}-\d{2}\n/);
  await screenshot('dialogs-waiver');
  await answer(window, 'Request Waiver');
  await told(window, /The waiver is asked for/);
  await pickFrom(window, 'AI Workbench: Approve Waiver…', 'CARD-01');
  await dialogText(window, /Approve the waiver of CARD-01\?/);
  await answer(window, 'Approve');
  await told(window, /Ada Author .* asked for the waiver/);
}

/** Words that the document does not have come back to be corrected, and whoever made the model is refused in the end. */
async function answerFromDocument(window: ScenarioContext): Promise<void> {
  const { screenshot, text } = window;
  await pickFrom(window, 'AI Workbench: Answer From Documents…', 'ticket-triage@1');
  await pick(window, 'VAL-01.groups');
  await pick(window, 'The documents show it');
  await pick(window, 'report.md');
  await fill(window, 'Quote report.md', 'tested on nobody');
  await until(async () => /does not have these words/.test(await text(picker)));
  await screenshot('dialogs-quote');
  await fill(window, 'Quote report.md', 'tested on native speakers and on learners');
  await fill(window, 'Answer VAL-01.groups', 'Both groups are named.');
  const asked = await dialogText(window, /Answer "VAL-01\.groups"/);
  assert.match(asked, /“tested on native speakers and on learners”\nBoth groups are named\./);
  await answer(window, 'Answer');
  await told(window, /Ada Author .* cannot answer VAL-01\.groups/);
}

/** The file of a scorecard that was made again, beside the one that was committed. */
async function compareWithCommit(window: ScenarioContext): Promise<void> {
  const { openFile, runCommand, webviewText, screenshot, setTheme, resize, setSetting, text, page } = window;
  write(window, 'policies/dialogs.policy.yaml', policy.replace(/ {2}- id: VAL-01[^]*?\n(?= {2}- id: CARD)/, ''));
  aiwb(window, ['assess', '--policy', 'policies/dialogs.policy.yaml'], 1);
  await openFile(scorecard);
  const file = { title: path.basename(scorecard) };
  await until(async () => /Verified/.test(await webviewText(file)));
  // Git may not have told yet that there is a repository now.
  await pickFrom(window, 'AI Workbench: Compare With Scorecard…', 'The first scorecard');
  await until(async () => /Comparison[^]*VAL-01[^]*not asked for any more/.test(await webviewText(file)));
  for (const theme of ['light', 'hc-dark', 'dark'] as const) {
    await setTheme(theme);
    await screenshot(`dialogs-compare-${theme}`);
  }
  await resize(420, 900);
  await screenshot('dialogs-compare-narrow');
  await resize(1280, 800);

  // Without Git there are no commits, and what else there is to compare with is still offered.
  setSetting('git.enabled', false);
  await until(async () => {
    await page.keyboard.press('Escape');
    await runCommand('AI Workbench: Compare With Scorecard…');
    await page.locator(`${picker} .monaco-list-row`, { hasText: 'ticket-triage@1' }).first().waitFor();
    // The setting may not have reached the extension yet.
    return !(await text(`${picker} .quick-input-list`)).includes('The first scorecard');
  });
}

function write({ workspace }: ScenarioContext, name: string, content: string): void {
  writeFileSync(path.join(workspace, name), content);
}

function listRuns(window: ScenarioContext): string[] {
  const { runs } = JSON.parse(aiwb(window, ['runs', 'list', '--json'])) as { runs: { id: string }[] };
  return runs.map(({ id }) => id);
}

function aiwb({ workspace }: ScenarioContext, args: readonly string[], expected = 0): string {
  // As whoever works in the window: by its home folder.
  const env = { HOME: path.join(workspace, '../home'), GIT_AUTHOR_NAME: undefined, GIT_AUTHOR_EMAIL: undefined };
  try {
    return execFileSync(process.execPath, [path.join(repositoryRoot, 'dist/aiwb.mjs'), ...args], {
      cwd: workspace,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout: string };
    if (expected !== 0 && status === expected) return stdout;
    throw error;
  }
}

async function dialogText({ page }: ScenarioContext, pattern: RegExp): Promise<string> {
  const dialog = page.locator('.monaco-dialog-box');
  return await untilFits(async () => ((await dialog.count()) === 0 ? '' : await dialog.innerText()), pattern);
}

async function answer({ page }: ScenarioContext, button: string): Promise<void> {
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Runs a command and takes an entry of its list, which closes by itself when a page that is still being shown takes the focus. */
async function pickFrom(window: ScenarioContext, command: string, label: string): Promise<void> {
  const row = window.page.locator(`${picker} .monaco-list-row`, { hasText: label }).first();
  await until(async () => {
    await window.press('Escape');
    await window.runCommand(command);
    await row.click({ timeout: 20_000 });
    return true;
  }, 120_000);
}

async function pick({ page }: ScenarioContext, label: string): Promise<void> {
  await page.locator(`${picker} .monaco-list-row`, { hasText: label }).first().click();
}

async function fill({ page, text }: ScenarioContext, title: string, value: string): Promise<void> {
  await until(async () => (await page.locator(picker).isVisible()) && (await text(picker)).includes(title));
  const box = page.locator(`${picker} .quick-input-box input[type=text]`).first();
  await box.fill(value);
  await box.press('Enter');
}

async function told({ notifications }: ScenarioContext, pattern: RegExp): Promise<string[]> {
  let notes: string[] = [];
  const read = async (): Promise<string> => {
    notes = await notifications();
    return notes.join('\n');
  };
  await untilFits(read, () => notes.some(note => pattern.test(note)));
  return notes;
}
