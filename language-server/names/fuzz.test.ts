import assert from 'node:assert/strict';
import { LSPErrorCodes, type DocumentHighlight, type Location, type WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { languageIds, type FileKind } from '../../engine/documents/kinds.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';

const seeds: Readonly<Record<FileKind, string>> = {
  workbench:
    'connections: &c\n  gpt: {provider: openai}\n  web: {url: "http://x/{{text}}"}\njudge: gpt\ncompute: {farm: {}}\n',
  bench:
    'name: "b🎈"\r\ndataset: {path: d.csv, input: text, slices: [label]}\r\nprompts: [p.prompt.yml]\r\nmodels: [gpt, checkpoint:job@best]\r\nmetrics: [f1, {latency: {name: fast}}]\r\ngate: [{metric: fast.p95, model: gpt}]\r\n',
  tune: 'name: job\nplatform: farm\naspects:\n  robustness: &r {dataset: {path: d.csv, input: text}}\n  core-performance: *r\nregister: {model: m}\n',
  policy:
    'id: p\nextends: [{id: p}, {id: q}]\ncontrols:\n- id: C\n  checks: [{id: c, benchmark: "b🎈", metric: fast.mean, slice: label}]\nassess: {model: m@1}\n',
  framework: 'id: a\nversion: "1"\ntitle: A\nentries:\n- {id: A-1, name: First, related: [A-1]}\n',
  prompt: 'name: x\nmessages:\n- role: user\n  content: |\n    {{ text }} {% if label %}{{label.x}}{% endif %}\n',
};
const endings: Readonly<Record<FileKind, string>> = {
  workbench: 'workbench.yaml',
  bench: 'a.bench.yaml',
  tune: 'j.tune.yaml',
  policy: 'p.policy.yaml',
  framework: 'a.framework.yaml',
  prompt: 'p.prompt.yml',
};
const pieces = [
  '"',
  "'",
  '\n',
  '\r\n',
  '\t',
  ': ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '*r',
  '&c ',
  '<<: *c',
  '#',
  '🎈',
  '|',
  '{{',
  '}}',
  '@',
];
const allowed: ReadonlySet<unknown> = new Set([LSPErrorCodes.RequestFailed, LSPErrorCodes.ContentModified]);

describe('names in documents that change all the time', () => {
  it('are answered without a crash or a position outside of them', async function () {
    this.timeout(120_000);
    const random = createSeeded(23);
    const kinds = Object.keys(seeds) as FileKind[];
    const files = Object.fromEntries(kinds.map(kind => [endings[kind], seeds[kind]]));
    const client = await startLanguageClient({ ...files, 'd.csv': 'text,label\n' });
    const uris = new Map(kinds.map(kind => [kind, client.open(endings[kind], languageIds[kind], seeds[kind])]));
    const documents = new Map<string, TextDocument>();
    for (let round = 0; round < 400; round++) {
      const kind = kinds[round % kinds.length] ?? 'bench';
      const uri = uris.get(kind) ?? '';
      let text = seeds[kind];
      for (let edits = Math.floor(random() * 4); edits > 0; edits--) {
        const at = Math.floor(random() * text.length);
        text =
          text.slice(0, at) +
          (pieces[Math.floor(random() * pieces.length)] ?? '') +
          text.slice(at + Math.floor(random() * 5));
      }
      const document = TextDocument.create(uri, '', client.change(uri, text), text);
      documents.set(uri, document);
      const position = document.positionAt(Math.floor(random() * text.length));
      const [places, highlights, renamed] = await ask(client, uri, position);
      for (const { uri: where, range } of places) expectInside(documents.get(where), range, text);
      for (const { range } of highlights) expectInside(document, range, text);
      for (const [where, edits] of Object.entries(renamed?.changes ?? {}))
        for (const { range } of edits) expectInside(documents.get(where), range, text);
    }
    assert.deepEqual(client.log, []);
    await client.stop();
  });
});

async function ask(
  client: LanguageClient,
  uri: string,
  position: Location['range']['start'],
): Promise<readonly [readonly Location[], readonly DocumentHighlight[], WorkspaceEdit | null]> {
  const at = { textDocument: { uri }, position };
  const moves = [{ oldUri: client.uri('d.csv'), newUri: client.uri('sub/e f.csv') }];
  const refused = (error: unknown): null => {
    assert.ok(error instanceof Error && 'code' in error && allowed.has(error.code), String(error));
    return null;
  };
  const [places, highlights, renamed] = await Promise.all([
    client.request<Location[]>('textDocument/references', { ...at, context: { includeDeclaration: true } }),
    client.request<DocumentHighlight[]>('textDocument/documentHighlight', at),
    client.request<WorkspaceEdit | null>('textDocument/rename', { ...at, newName: 'other' }).catch(refused),
    client.request('textDocument/prepareRename', at).catch(refused),
    client.request('textDocument/definition', at),
    client.request('workspace/willRenameFiles', { files: moves }),
    client.request('workspace/symbol', { query: 'b' }),
  ]);
  return [places, highlights, renamed];
}

function expectInside(document: TextDocument | undefined, { start, end }: Location['range'], text: string): void {
  if (document === undefined) return;
  for (const position of [start, end])
    assert.deepEqual(document.positionAt(document.offsetAt(position)), position, JSON.stringify(text));
}
