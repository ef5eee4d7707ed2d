import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { ScenarioContext } from '../launcher/scenario.ts';
import { repositoryRoot } from '../launcher/paths.ts';
import { until, untilFits } from '../until.ts';

const scorecard = 'Scorecard of ticket-triage@1';

/**
 * A reviewer reads a scorecard: what failed, a control with its evidence, what waits for whom. While it is open another person attests
 * what was missing: the page says what would change, and once it is assessed again, what has changed since. The scorecard's file then
 * opens by itself, verified, and tells when a byte of it was changed.
 */
export async function scenario(window: ScenarioContext): Promise<void> {
  const { openFile, runCommand, webviewText, clickInWebview, countInWebview, screenshot, setTheme, page, log } = window;
  const shows = (pattern: RegExp, title = scorecard): Promise<string> =>
    untilFits(() => webviewText({ title }), pattern);

  prepare(window.workspace);
  log('trained and evaluated on the command line');

  await openFile('policies/release.policy.yaml');
  await runCommand('AI Workbench: Assess by Policy');
  await shows(/conditions are met/);
  await shows(/What waits/);
  for (const theme of ['light', 'dark', 'hc-dark'] as const) {
    await setTheme(theme);
    await screenshot(`review-scorecard-${theme}`);
  }

  await clickInWebview('aiwb-control-rows button.open >> text=OVR-01', { title: scorecard });
  await until(async () => (await countInWebview('aiwb-control-detail', { title: scorecard })) === 1);
  await shows(/I have read twenty wrong answers/);
  await screenshot('review-control');
  await until(async () => {
    await page.keyboard.press('Escape');
    return (await countInWebview('aiwb-control-detail', { title: scorecard })) === 0;
  });
  log('a control opens beside the list and closes again');

  aiwb(window.workspace, ['attest', 'ticket-triage@1', 'OVR-01', '--comment', 'Looked at sixty.'], 'rita');
  await shows(/1 control would come out differently/);
  await screenshot('review-evidence-arrived');
  await clickInWebview('aiwb-preview vscode-button >> text=Assess Again', { title: scorecard });
  await untilFits(
    () => webviewText({ title: scorecard }),
    shown => !shown.includes('would come out differently'),
  );
  await shows(/Rita|OVR-01/);
  await screenshot('review-assessed-again');
  log('evidence that arrives is told, and counts once it is assessed again');

  await openFile('scorecards/ticket-triage.scorecard.json');
  const file = 'ticket-triage.scorecard.json';
  await shows(/The record is unchanged/, file);
  await screenshot('review-file');
  const target = path.join(window.workspace, 'scorecards', file);
  const whole = readFileSync(target, 'utf8');
  writeFileSync(target, whole.replace('"severity": "critical"', '"severity": "low"'));
  await shows(/changed afterwards/, file);
  writeFileSync(target, whole);
  await untilFits(
    () => webviewText({ title: file }),
    shown => !shown.includes('changed afterwards'),
  );
  const told = aiwb(window.workspace, ['scorecard', 'verify', target]);
  assert.match(told, /^Verified/);
  log('its file is verified without the store');
}

/** The sample's model, trained and evaluated on the three aspects. */
function prepare(workspace: string): void {
  for (const job of ['core', 'ticket-triage']) aiwb(workspace, ['tune', `${job}.tune.yaml`]);
  for (const aspect of ['core', 'robustness', 'fairness']) aiwb(workspace, ['run', `evaluate-${aspect}.bench.yaml`]);
}

/** Runs the command line as somebody; default: whoever works in the workspace. */
function aiwb(workspace: string, args: readonly string[], person?: string): string {
  const who = person === undefined ? {} : { GIT_AUTHOR_NAME: person, GIT_AUTHOR_EMAIL: `${person}@marlo.example` };
  return execFileSync(process.execPath, [path.join(repositoryRoot, 'dist/aiwb.mjs'), ...args], {
    cwd: workspace,
    env: { ...process.env, ...who },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
