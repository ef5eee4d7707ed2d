import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from './workspace.ts';

const names = ['assess', 'cancel', 'dry_run', 'list', 'results', 'run', 'validate'].map(name => `aiwb_${name}`);
const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('aiWorkbench');
const offered = (): string[] =>
  vscode.lm.tools
    .map(({ name }) => name)
    .filter(name => name.startsWith('aiwb_'))
    .sort();

async function call(tool: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
  return content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

describe('the tools of agents in VS Code', function () {
  this.timeout(120_000);
  after(() => settings().update('agents', undefined, vscode.ConfigurationTarget.Global));

  it('are offered, with schemas', () => {
    assert.deepEqual(offered(), names);
    for (const { name, inputSchema, description } of vscode.lm.tools.filter(tool => names.includes(tool.name))) {
      assert.ok(Object.hasOwn((inputSchema as { properties: object }).properties, 'folder'), name);
      assert.ok(description.length > 50);
    }
  });

  it('list, check, estimate and read', async () => {
    assert.match(await call('aiwb_list', { kind: 'benchmarks' }), /triage\.bench\.yaml \(ticket-triage\)/);
    assert.match(await call('aiwb_validate', { file: 'triage.bench.yaml' }), /^0 errors/);
    assert.match(await call('aiwb_dry_run', { file: 'triage.bench.yaml' }), /1,920 samples .* Nothing was sent\./);
    const runId = await vscode.commands.executeCommand<string>(
      'aiwb.runBenchmark',
      vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'covenants.bench.yaml'),
    );
    const read = await call('aiwb_results', { runs: [runId], rows: 'wrong', limit: 1, wait: 60 });
    assert.match(read, /succeeded/);
    assert.match(read, /ROWS BEGINS/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('tell what is wrong, and start nothing the person did not agree to', async () => {
    assert.match(await call('aiwb_results', { runs: ['nothing'] }), /There is no run nothing/);
    await assert.rejects(
      call('aiwb_list', { kind: 'runs', folder: 'elsewhere' }),
      /No folder of this workspace is called/,
    );
    const before = await call('aiwb_list', { kind: 'runs' });
    // The suite's dialogs are dismissed at once.
    await assert.rejects(call('aiwb_run', { file: 'triage.bench.yaml' }));
    assert.equal(await call('aiwb_list', { kind: 'runs' }), before);
  });

  it('are offered as the setting says', async () => {
    await settings().update('agents', 'off', vscode.ConfigurationTarget.Global);
    await eventually(() => offered().length === 0 || undefined);
    await settings().update('agents', 'both', vscode.ConfigurationTarget.Global);
    await eventually(() => offered().length === names.length || undefined);
  });
});
