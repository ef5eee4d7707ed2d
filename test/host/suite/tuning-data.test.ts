import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { startRayServer, type RayServer } from '../../fakes/ray.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { question } from './quick-input.ts';
import { activeEditor, clickEntry, openText, told, untilFileNamed } from './shown.ts';
import { workspaceUri } from './workspace.ts';

const chat = (...contents: readonly string[]): string =>
  JSON.stringify({
    messages: contents.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content })),
  });
const rows = Array.from({ length: 40 }, (_, i) => chat(`What does clause ${String(i)} say?`, `Answer ${String(i)}.`));

const jobOver = (file: string): string => `name: chats
base: service:tiny
platform: tuner
aspects:
  core-performance:
    dataset: {path: ${file}, messages: messages, split: {test: 20%}}
`;

async function write(name: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(workspaceUri(name), new TextEncoder().encode(text));
}

async function read(name: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(workspaceUri(name)));
}

describe('data and platforms of a tuning job', function () {
  this.timeout(180_000);
  let declared: string;
  let ray: RayServer;
  let storage: string;

  before(async function () {
    skipUndriven(this);
    declared = await read('workbench.yaml');
    ray = await startRayServer();
    storage = await mkdtemp(path.join(tmpdir(), 'aiwb-storage-'));
    await write('chats.tune.yaml', jobOver('data/chats.jsonl'));
  });

  beforeEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await ray.close();
    await rm(storage, { recursive: true, force: true });
    await write('workbench.yaml', declared);
    for (const file of ['chats.tune.yaml', 'data/chats.jsonl', 'data/chats.prompt-completion.jsonl'])
      await vscode.workspace.fs.delete(workspaceUri(file)).then(undefined, () => undefined);
  });

  it('tells all that is wrong with rows, and where', async () => {
    const bad = [
      chat('And this?'),
      JSON.stringify({
        messages: [
          { role: 'user', content: 'x' },
          { role: 'bot', content: 'y' },
        ],
      }),
    ];
    await write('data/chats.jsonl', [...rows, ...bad].join('\n'));
    await openText(workspaceUri('chats.tune.yaml'));
    await vscode.commands.executeCommand('aiwb.checkTuningData');
    const text = await pageText('Data of chats', /rows are at fault/);
    assert.match(text, /2 rows are at fault/);
    assert.match(text, /not the assistant’s \(line 41\)/);
    assert.match(text, /the role "bot" \(line 42\)/);
    await driver.screenshot('tuning-data-faults');
  });

  it('warns of personal data without repeating it', async () => {
    const personal = [chat('Write to jane.doe@example.com', 'Done.'), chat('Pay with 4111 1111 1111 1111', 'Paid.')];
    await write('data/chats.jsonl', [...rows, ...personal].join('\n'));
    await vscode.commands.executeCommand('aiwb.checkTuningData', workspaceUri('chats.tune.yaml'));
    const text = await pageText('Data of chats', /Personal data and secrets/);
    assert.match(text, /E-mail address[^]*chats\.jsonl:41[^]*Payment card[^]*chats\.jsonl:42/);
    assert.doesNotMatch(text, /jane|4111/);
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`tuning-data-personal-${theme}`);
    }
  });

  it('converts the dataset that is open, and says what the other form cannot hold', async () => {
    await write('data/chats.jsonl', [chat('One?', 'Yes.'), chat('Two?', 'No.'), chat('a', 'b', 'c', 'd')].join('\n'));
    await openText(workspaceUri('data/chats.jsonl'));
    const converting = vscode.commands.executeCommand('aiwb.convertTuningData');
    await clickEntry('Prompt and completion');
    const target = workspaceUri('data/chats.prompt-completion.jsonl');
    await untilFileNamed(named => named === target.fsPath);
    await driver.screenshot('tuning-data-convert');
    await driver.press('Enter');
    await converting;
    assert.equal(
      await read('data/chats.prompt-completion.jsonl'),
      '{"prompt":"One?","completion":"Yes."}\n{"prompt":"Two?","completion":"No."}\n',
    );
    await activeEditor(document => document.uri.toString() === target.toString());
    await told(/2 rows were written, and 1 were left out/);
    await driver.answerNotification('2 rows were written', 'Show Why');
    await pageText('Rows that were left out', /this form holds one question and its answer \(line 3\)/);
  });

  it('finds what is left on a platform, and claims nothing of one that does not answer', async () => {
    await vscode.commands.executeCommand('aiwb.findOrphanedMachines');
    await told(/No platform in workbench\.yaml rents machines/);
    const clusters = (more = ''): Promise<void> =>
      write(
        'workbench.yaml',
        `${declared}\ncompute:\n  cluster: {type: ray, url: "${ray.origin}", storage: {type: folder, path: "${storage}"}}\n${more}`,
      );
    await clusters();
    await vscode.commands.executeCommand('aiwb.findOrphanedMachines');
    await told(/Nothing of a tuning run is left on cluster, cluster \(storage\)\./);
    await vscode.commands.executeCommand('notifications.clearAll');
    await clusters(`  away: {type: ray, url: "http://127.0.0.1:9", storage: {type: folder, path: "${storage}"}}\n`);
    await vscode.commands.executeCommand('aiwb.findOrphanedMachines');
    await told(/^away: /);
    await told(/Nothing of a tuning run is left on cluster, cluster \(storage\)\./);
  });

  it('is told that the embedded model trains nowhere else, before anything is started', async () => {
    const before = ray.requests.length;
    const started = vscode.commands.executeCommand('aiwb.trainOn', workspaceUri('core.tune.yaml'));
    // The heading of an entry may be read before it or after it.
    const offered = await question(/^(?=[^]*This machine)(?=[^]*Cannot Train embedded:linear)[^]*cluster/);
    assert.match(offered, /Ray · the embedded model trains on this machine only/);
    assert.doesNotMatch(offered, /This machine · the embedded model/);
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`tuning-train-on-${theme}`);
    }
    await clickEntry('cluster');
    assert.equal(await started, undefined);
    await told(/embedded:linear cannot be trained on cluster/);
    assert.equal(ray.requests.length, before);
  });
});
