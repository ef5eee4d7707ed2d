import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { agentTools } from '../../engine/agents/tools.ts';

interface Tool {
  readonly name: string;
  readonly modelDescription: string;
  readonly when: string;
  readonly toolReferenceName: string;
  readonly inputSchema: { readonly properties: Record<string, unknown> };
}
const manifest = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  readonly contributes: {
    readonly languageModelTools: readonly Tool[];
    readonly mcpServerDefinitionProviders: readonly { readonly id: string; readonly when: string }[];
  };
};
const { languageModelTools, mcpServerDefinitionProviders } = manifest.contributes;

describe('the tools that VS Code offers', () => {
  it("are the engine's, word for word, and take the folder beside their own input", () => {
    const offered = languageModelTools.map(({ name, modelDescription, inputSchema }) => {
      const { folder, ...properties } = inputSchema.properties;
      assert.ok(folder !== undefined, name);
      return { name, description: modelDescription, input: { ...inputSchema, properties } };
    });
    assert.deepEqual(
      offered,
      agentTools.map(({ name, description, input }) => ({ name, description, input })),
    );
  });

  it('are sorted, named apart, and offered in trusted workspaces alone', () => {
    const names = languageModelTools.map(({ name }) => name);
    assert.deepEqual(names, [...names].sort());
    assert.equal(new Set(languageModelTools.map(({ toolReferenceName }) => toolReferenceName)).size, names.length);
    for (const { when } of [...languageModelTools, ...mcpServerDefinitionProviders])
      assert.match(when, /^isWorkspaceTrusted && .*config\.aiWorkbench\.agents/);
  });

  it('are registered by the code, each of them', () => {
    const code = readFileSync(path.join(import.meta.dirname, 'tools.ts'), 'utf8');
    const list = /const names = \[([^\]]*)\]/.exec(code)?.[1] ?? '';
    assert.deepEqual(
      [...list.matchAll(/'(\w+)'/g)].map(([, name]) => name),
      agentTools.map(({ name }) => name),
    );
    const servers = readFileSync(path.join(import.meta.dirname, 'mcp-servers.ts'), 'utf8');
    for (const { id } of mcpServerDefinitionProviders) assert.ok(servers.includes(`'${id}'`), id);
  });
});
