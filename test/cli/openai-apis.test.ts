import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../../schemas/generated/messages.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { createWorkspace, runAiwb } from './aiwb.ts';

/** A WAV file of 16-bit samples whose bytes say what the fake server is to hear. */
function soundOf(words: string): Buffer {
  const data = Buffer.from(words.padEnd(words.length + (words.length % 2)));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

describe('aiwb run, OpenAI’s APIs', function () {
  this.timeout(60_000);
  let server: FakeOpenAi;
  let workspace: ReturnType<typeof createWorkspace>;
  beforeEach(async () => {
    server = await startFakeOpenAi();
    const rows = [
      { q: 'Say ANSWER=hello', a: 'hello', photo: 'a.png', sound: 'a.wav', options: ['no', 'hello'] },
      { q: 'Say ANSWER=world', a: 'world', photo: 'none.png', sound: 'b.wav', options: ['world', 'no such thing'] },
    ];
    workspace = createWorkspace({
      'rows.jsonl': rows.map(row => JSON.stringify(row)).join('\n'),
      'workbench.yaml': `connections:
  chat: {provider: openai, baseUrl: "${server.url}", model: m}
  responses: {provider: openai, baseUrl: "${server.url}", model: m, api: responses}
  completions: {provider: openai, baseUrl: "${server.url}", model: m, api: completions}
  whisper: {provider: openai, baseUrl: "${server.url}", model: m, api: transcriptions, price: {perMinute: 0.6}}
  azure: {provider: azure-openai, endpoint: "${server.origin}", model: my-gpt, apiVersion: 2024-10-21}
`,
      'p.prompt.yml':
        'messages: [{role: user, content: [{type: text, text: "{{q}}"}, {type: image, image: "{{photo}}"}]}]\n',
    });
    writeFileSync(path.join(workspace.folder, 'a.png'), Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    writeFileSync(path.join(workspace.folder, 'a.wav'), soundOf('ANSWER=hello '));
    writeFileSync(path.join(workspace.folder, 'b.wav'), soundOf('ANSWER=world '));
  });
  afterEach(async () => {
    workspace.remove();
    await server.close();
  });

  async function run(dataset: string, models: string, more = ''): Promise<Report> {
    const text = `name: apis\ndataset: {path: rows.jsonl, target: a, ${dataset}}\nmodels: [${models}]\nmetrics: [exact-match, cost]\n${more}`;
    writeFileSync(path.join(workspace.folder, 'a.bench.yaml'), text);
    const finished = await runAiwb(['run', 'a.bench.yaml', '--json'], { cwd: workspace.folder });
    assert.equal(finished.stderr.includes('internal'), false, finished.stderr);
    return JSON.parse(finished.stdout) as Report;
  }

  const figure = ({ variants }: Report, metric: string) =>
    variants.map(({ metrics }) => metrics.find(one => one.metric === metric)?.value);

  it('transcribes sounds and claims what their minutes cost', async () => {
    const report = await run('audio: sound', 'whisper');
    assert.deepEqual(figure(report, 'exact-match'), [1]);
    assert.equal(report.runs[0]?.progress.cost, 0.06);
  });

  it('sends a prompt’s image, and stores a row whose image is missing as failed', async () => {
    const report = await run('input: q', 'chat, responses, azure', 'prompts: [p.prompt.yml]\n');
    assert.deepEqual(
      report.variants.map(({ samples, failed }) => [samples, failed]),
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    );
    assert.equal(server.stats.requests, 3);
    assert.equal(report.failures[0]?.class, 'client');
  });

  it('scores choices by their log-likelihood', async () => {
    // The fake makes shorter choices likelier.
    const report = await run('input: q, choices: options', 'completions');
    assert.deepEqual(figure(report, 'exact-match'), [0.5]);
    assert.deepEqual((server.latest?.body as { echo?: boolean }).echo, true);
  });
});
