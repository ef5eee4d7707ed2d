import { ResourceTemplate } from '@modelcontextprotocol/server';
import type { McpServer } from '@modelcontextprotocol/server';
import { callTool } from '../../engine/agents/call.ts';
import { plainLine } from '../../engine/base/plain-text.ts';
import { documentKinds, kindNames } from '../../engine/documents/kinds.ts';
import { rootSchema } from '../../engine/documents/schema.ts';
import type { McpWorkspace } from './workspace.ts';

const mostListed = 50;
const markdown = 'text/markdown';

/** Reports of runs, and what the workbench's files may hold. */
export function addResources(server: McpServer, workspace: McpWorkspace): void {
  const runs = new ResourceTemplate('aiwb://runs/{run}', {
    list: async ({ mcpReq: { signal } }) => {
      const { store, redact } = await workspace.desk(signal);
      const listed = await store.listRuns({ limit: mostListed });
      return {
        resources: listed.map(({ id, name, state }) => ({
          uri: `aiwb://runs/${id}`,
          name: plainLine(redact(`${name} ${id} (${state})`), 200),
          mimeType: markdown,
        })),
      };
    },
  });
  server.registerResource(
    'run',
    runs,
    { title: 'Report of a run', description: 'State, figures and verdicts of one run.', mimeType: markdown },
    async (uri, { run }, { mcpReq: { signal } }) => {
      const input = { runs: [String(run)] };
      const { text } = await callTool('aiwb_results', input, await workspace.desk(signal), {}, signal);
      return { contents: [{ uri: uri.href, mimeType: markdown, text }] };
    },
  );
  for (const kind of documentKinds) {
    const uri = `aiwb://schemas/${kind}`;
    const mimeType = 'application/schema+json';
    server.registerResource(
      `schema-${kind}`,
      uri,
      { title: `Schema of a ${kindNames[kind]}`, description: 'Every field with what it means.', mimeType },
      () => ({ contents: [{ uri, mimeType, text: JSON.stringify(rootSchema(kind)) }] }),
    );
  }
}
