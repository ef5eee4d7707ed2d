import assert from 'node:assert/strict';
import type { CompletionItem, CompletionList, Diagnostic, Hover, MarkupContent } from 'vscode-languageserver';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

const acme = `id: acme
version: "2"
title: Acme controls
publisher: Acme
note: The names are ours.
entries:
  - {id: A-1, name: Accounts, related: [A-2], description: 'Accounts are given [and](http://x) taken back.'}
  - {id: A-2, name: Keys, group: A-1}
retired:
  - {id: A-9, name: Gone, replacedBy: A-2}
`;
const policy = (id: string, framework = 'acme', version = '2'): string =>
  `id: x\nversion: 1.0.0\nlevel: team\nframeworks: [{id: ${framework}, version: "${version}"}]\ncontrols:\n  - {id: C, title: T, severity: low, mappings: [{framework: ${framework}, id: ${id}}], checks: [{id: C.c, type: lineage, require: [license]}]}\n`;

describe('frameworks in the editor', () => {
  let client: LanguageClient;
  beforeEach(async () => {
    client = await startLanguageClient({
      'workbench.yaml': 'connections: {}\n',
      'frameworks/acme-2.framework.yaml': acme,
    });
  });
  afterEach(() => client.stop());

  /** `|` marks the cursor. */
  async function at<T>(method: string, marked: string): Promise<T> {
    const offset = marked.indexOf('|');
    const before = marked.slice(0, offset).split('\n');
    const uri = client.open('x.policy.yaml', 'aiwb-policy', marked.replace('|', ''));
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const answer = await client.request<T>(method, { textDocument: { uri }, position });
    client.close(uri);
    return answer;
  }

  async function diagnose(file: string, language: string, text: string): Promise<readonly Diagnostic[]> {
    const next = client.nextDiagnostics(client.uri(file));
    client.open(file, language, text);
    return (await next).diagnostics;
  }

  async function complete(marked: string): Promise<readonly CompletionItem[]> {
    const answer = await at<CompletionItem[] | CompletionList>('textDocument/completion', marked);
    return Array.isArray(answer) ? answer : answer.items;
  }

  const hover = async (marked: string): Promise<string> =>
    ((await at<Hover | null>('textDocument/hover', marked))?.contents as MarkupContent | undefined)?.value ?? '';

  it('offers those of the workspace, their versions and their ids, with what they are about', async () => {
    const head = 'id: x\nversion: 1.0.0\nlevel: team\n';
    const ids = await complete(`${head}frameworks: [{id: |}]\n`);
    assert.equal(ids.find(({ label }) => label === 'acme')?.detail, 'Acme controls');
    const versions = await complete(`${head}frameworks: [{id: acme, version: |}]\n`);
    assert.deepEqual(
      versions.map(({ label }) => label),
      ['2'],
    );
    const entries = await complete(policy('|'));
    assert.deepEqual(
      entries.map(({ label, detail }) => [label, detail]),
      [
        ['A-1', 'Accounts'],
        ['A-2', 'Keys'],
      ],
    );
    const [first] = entries;
    assert.ok(first);
    const { documentation } = await client.request<CompletionItem>('completionItem/resolve', first);
    assert.match((documentation as MarkupContent).value, /Accounts are given/);
  });

  it('tells what an id is about and tied to, as text', async () => {
    const own = await hover(policy('A|-1'));
    assert.match(
      own,
      /\*\*A-1\*\* Accounts\n\nAccounts are given \\\[and\\\]\\\(http:\/\/x\\\) taken back\.\n\nAcme controls 2/,
    );
    assert.match(own, /Related: `A-2` Keys[^]*Consists of `A-2` Keys/);
    assert.match(
      await hover(policy('A-2', 'ac|me')),
      /Acme controls[^]*Described by `?frameworks\/acme-2\.framework\.yaml/,
    );
    assert.match(
      await hover(policy('AML.T0051|.001', 'mitre-atlas', '2026.07')),
      /\*\*AML\.T0051\.001\*\* Indirect\n\nThe overriding instructions hide[^]*Part of `AML\.T0051` LLM Prompt Injection[^]*atlas\.mitre\.org\/techniques\/AML\.T0051\.001/,
    );
    assert.match(
      await hover(policy('AML.M00|20', 'mitre-atlas', '2026.07')),
      /Mitigates: `AML\.T0\d{3}[^]* and \d+ more/,
    );
    assert.match(await hover(policy('LLM03:20|26', 'owasp-llm-top10', '2026')), /In 2025: `?"?LLM06:2025/);
    assert.match(await hover(policy('MEASURE 2|', 'nist-ai-rmf', '1.0')), /tested for everything/);
  });

  it('checks policies again when a framework comes, changes or goes', async () => {
    assert.deepEqual(await diagnose('x.policy.yaml', 'aiwb-policy', policy('A-1')), []);
    const uri = client.uri('x.policy.yaml');
    const codes = async (change: () => Promise<void>): Promise<unknown[]> => {
      const next = client.nextDiagnostics(uri);
      await change();
      return (await next).diagnostics.map(({ code }) => code);
    };
    const file = 'frameworks/acme-2.framework.yaml';
    const write = (name: string, text: string) => async (): Promise<void> => {
      await client.write(name, text);
      client.notifyFileChanged(name);
    };
    assert.deepEqual(await codes(write(file, acme.replace('{id: A-1,', '{id: A-7,').replace(', group: A-1', ''))), [
      'unknown-framework-id',
    ]);
    assert.deepEqual(await codes(write(file, acme)), []);
    assert.deepEqual(await codes(write('twin.framework.yaml', acme)), ['unknown-framework']);
  });

  it('checks framework files themselves', async () => {
    assert.deepEqual(await diagnose('frameworks/acme-2.framework.yaml', 'aiwb-framework', acme), []);
    const twin = await diagnose('twin.framework.yaml', 'aiwb-framework', acme);
    assert.deepEqual(
      twin.map(({ code, relatedInformation }) => [code, relatedInformation?.[0]?.location.uri]),
      [['ambiguous-framework', client.uri('frameworks/acme-2.framework.yaml')]],
    );
    const wrong = await diagnose('w.framework.yaml', 'aiwb-framework', 'id: w\nversion: 2\ntitle: W\nentris: []\n');
    assert.deepEqual(wrong.map(({ code }) => code).sort(), ['unknown-field', 'wrong-type']);
  });
});
