import assert from 'node:assert/strict';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { until, untilFits } from '../until.ts';

const scorecard = 'Scorecard of ticket-triage@1';

/**
 * A person takes the sample's model from training to production: trains, evaluates, assesses, requests approval, is refused when
 * approving their own work, lets a second person approve, and promotes. Pages come back after a reload on the way.
 */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { openFile, runCommand, reloadWindow, webviewText, clickInWebview, notifications, text, screenshot, log } =
    window;

  const shows = (title: string, pattern: RegExp): Promise<string> => untilFits(() => webviewText({ title }), pattern);
  const inSidebar = (pattern: RegExp): Promise<string> => untilFits(() => text('.sidebar'), pattern);
  const told = (pattern: RegExp): Promise<string> => untilFits(async () => (await notifications()).join('\n'), pattern);

  for (const job of ['core', 'ticket-triage']) {
    await openFile(`${job}.tune.yaml`);
    await runCommand('AI Workbench: Train');
    await shows(job === 'core' ? 'ticket-triage-core' : 'ticket-triage-tuned', /Finished/);
  }
  for (const aspect of ['core', 'robustness', 'fairness']) {
    await openFile(`evaluate-${aspect}.bench.yaml`);
    await runCommand('AI Workbench: Run Benchmark');
    await shows(`triage-${aspect}`, /Finished/);
  }
  log('trained and evaluated');

  await runCommand('View: Close All Editors');
  await openFile('policies/release.policy.yaml');
  await runCommand('AI Workbench: Assess by Policy');
  await shows(scorecard, /conditions are met/);
  await openVersion(window);
  await shows('ticket-triage@1', /ticket-triage-tuned/);
  await reloadWindow();
  await shows('ticket-triage@1', /ticket-triage-tuned/);
  await screenshot('release-version-after-reload');
  await runCommand('View: Open Previous Editor');
  await shows(scorecard, /conditions are met/);
  await screenshot('release-scorecard-after-reload');
  await clickInWebview('#passed', { title: scorecard });
  await clickInWebview('aiwb-control-rows button.open >> text=PERF-01', { title: scorecard });
  await clickInWebview('aiwb-control-detail aiwb-evidence button.link >> nth=0', { title: scorecard });
  await shows('triage-core', /Finished/);
  await followSlice(window);
  log('evidence leads to its rows');

  await takeStep(window, 'Request Approval…', 'Request Approval');
  await told(/asked for approval/);
  await takeStep(window, 'Approve Model Version…', 'Approve', 'release-approve');
  await told(/Ada Author .* is the .* cannot approve it/);
  await screenshot('release-own-work-refused');
  await runCommand('View: Show AI Workbench');
  await runCommand('AI Workbench: Focus on Registry View');
  await inSidebar(/approval requested/);

  await runCommand('AI Workbench: Approve the Sample as a Second Person');
  await inSidebar(/approved · gate passed/);
  await screenshot('release-second-person');
  await takeStep(window, 'Promote Model Version…', 'Promote', 'release-promote');
  await inSidebar(/production · gate passed/);
  await screenshot('release-promoted');
  await inSidebar(/production → 1/);
  await openTab(window, scorecard);
  await untilFits(
    () => webviewText({ title: scorecard }),
    shown => !shown.includes('Promote…'),
  );
  await untilFits(() => webviewText({ title: scorecard }, 'aiwb-scorecard-header'), /Approved.*Assess Again/is);

  await attest(window);
  await told(/Ada Author .* cannot attest/);
  await register(window, 'ticket-triage-core');
  await shows('ticket-triage-core@1', /candidate/i);
  await screenshot('release-registered-by-hand');
}

/** Goes from a figure of one slice to its wrong answers, and again when the run's page is open but hidden and shows other rows. */
async function followSlice(window: ScenarioContext): Promise<void> {
  const { clickInWebview, webviewText, screenshot } = window;
  const run = { title: 'triage-robustness' };
  const menu = (label: string): string => `aiwb-sample-browser aiwb-choice-menu[label="${label}"]`;
  const outcome = 'aiwb-sample-browser vscode-single-select[label="Show"] .select-face';
  const leadsThere = async (): Promise<void> => {
    await clickInWebview('aiwb-control-detail aiwb-evidence li:has-text("rows where noise is") button.link', {
      title: scorecard,
    });
    await untilFits(() => webviewText(run, `${menu('Slices')} summary`), /noise: \S/);
    await untilFits(() => webviewText(run, outcome), /Wrong answers/);
    await untilFits(() => webviewText(run, `${menu('Models')} summary`), /registry:ticket-triage/);
    await untilFits(() => webviewText(run, 'h2:focus'), /Samples/);
  };
  await openTab(window, scorecard);
  await clickInWebview('aiwb-control-rows button.open >> text=ROB-01', { title: scorecard });
  await leadsThere();
  await screenshot('release-evidence-rows');
  await clickInWebview(`${menu('Slices')} summary`, run);
  await clickInWebview(`${menu('Slices')} button.clear`, run);
  await untilFits(() => webviewText(run, `${menu('Slices')} summary`), /: all/);
  await openTab(window, scorecard);
  await leadsThere();
}

async function openTab({ click }: ScenarioContext, title: string): Promise<void> {
  await click(`.tab[aria-label*="${title}"]`);
}

/** Attests the first control that asks for it. */
async function attest(window: ScenarioContext): Promise<void> {
  const { page, waitFor, click, text, screenshot } = window;
  await pickVersion(window, 'AI Workbench: Attest a Control…', '.quick-input-widget >> text=Attest Which Control?');
  await confirmPick(window, 'OVR-01');
  await page.locator('.quick-input-widget >> text=/What you looked at/').waitFor();
  await page.keyboard.press('Enter');
  await waitFor('.monaco-dialog-box');
  assert.match(await text('.monaco-dialog-box'), /I have read twenty wrong answers/);
  await screenshot('release-attest');
  await click('.monaco-dialog-box .monaco-button >> text="Attest"');
}

/** Registers a tuning run under its own name, with the alias and the first card that are offered. */
async function register({ page, runCommand }: ScenarioContext, run: string): Promise<void> {
  await runCommand('AI Workbench: Register a Run…');
  await page.locator('.quick-input-widget >> text=Choose a Tuning Run to Register').waitFor();
  await page.keyboard.type(run);
  // By its name: Enter would take the first entry, also while the list is not filtered yet.
  await page.locator(`.quick-input-widget .monaco-list-row:has-text("${run}")`).first().click();
  for (const step of ['(1/3)', '(2/3)', '(3/3)']) {
    await page.locator(`.quick-input-widget >> text=Register a Run ${step}`).waitFor();
    await page.keyboard.press('Enter');
  }
}

/** Opens the version's page. */
async function openVersion(window: ScenarioContext): Promise<void> {
  await pickVersion(window, 'AI Workbench: Open Model Version', '.tab[aria-label^="ticket-triage@1"]');
}

/**
 * Takes the version from the command's list, until what comes after it is there. A page that is still being drawn may take the focus
 * from the list, which then closes.
 */
async function pickVersion(window: ScenarioContext, command: string, next: string): Promise<void> {
  const { page, press, runCommand } = window;
  await until(async () => {
    await press('Escape');
    await runCommand(command);
    await confirmPick(window);
    await page.locator(next).first().waitFor({ timeout: 15_000 });
    return true;
  }, 120_000);
}

/** Picks what is offered once it is there: the command palette, which may still be closing, offers other things. */
async function confirmPick({ page }: ScenarioContext, offered = 'ticket-triage@1'): Promise<void> {
  await page.locator(`.quick-input-widget .monaco-list-row:has-text("${offered}")`).first().click({ timeout: 15_000 });
}

/** Runs a step of the release: the version, no comment, the modal question. */
async function takeStep(window: ScenarioContext, command: string, button: string, picture?: string): Promise<void> {
  const { page, waitFor, click, screenshot } = window;
  // The box for the comment: a list has one as well, and rows.
  const box = '.quick-input-widget:not(:has(.monaco-list-row:visible)) .quick-input-box input[type=text]';
  await pickVersion(window, `AI Workbench: ${command}`, box);
  await page.keyboard.press('Enter');
  await waitFor('.monaco-dialog-box');
  if (picture !== undefined) await screenshot(picture);
  await click(`.monaco-dialog-box .monaco-button >> text="${button}"`);
}
