import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, workspaceUri } from './workspace.ts';

const names = ['assess', 'cancel', 'dry_run', 'list', 'results', 'run', 'validate'].map(name => `aiwb_${name}`);
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
  this.timeout(240_000);

  it('are offered, with schemas', async () => {
    // A host that has just started asks the window for them.
    await eventually(see => see(offered()).length >= names.length || undefined);
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
      workspaceUri('covenants.bench.yaml'),
    );
    const read = await call('aiwb_results', { runs: [runId], rows: 'wrong', limit: 1, wait: 60 });
    assert.match(read, /succeeded/);
    assert.match(read, /ROWS BEGINS/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('tell what is wrong', async () => {
    assert.match(await call('aiwb_results', { runs: ['nothing'] }), /There is no run nothing/);
    await assert.rejects(
      call('aiwb_list', { kind: 'runs', folder: 'elsewhere' }),
      /No folder of this workspace is called/,
    );
  });

  it('start a run', async () => {
    // VS Code takes its own dialogs for confirmed here; a scenario answers them.
    const answer = await call('aiwb_run', { file: 'triage.bench.yaml', wait: 60 });
    assert.match(answer, /succeeded, 1,920 of 1,920 samples/);
    assert.match(await call('aiwb_cancel', { run: 'latest' }), /It had ended before\./);
  });
});
