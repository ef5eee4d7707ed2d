import assert from 'node:assert/strict';
import type { DocumentLink, Hover, MarkupContent } from 'vscode-languageserver';
import { complete } from '../test/fakes/completion.ts';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

const job = (name: string): string =>
  `name: ${name}\nbase: hub:o/m\naspects:\n  core-performance:\n    dataset: {path: data/pairs.jsonl, input: q, target: topic, split: {test: 30%}}\n`;

const workspace = {
  'workbench.yaml': 'compute: {farm: {type: local}}\n',
  'data/chat.jsonl': '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"who":"x"}\n',
  'data/pairs.jsonl': '{"q":"a","a":"b","topic":"c"}\n',
  'models/tiny/config.json': '{}',
  'models/tiny/other.json': '{}',
  'once.tune.yaml': job('once'),
  'several.tune.yaml': `${job('several')}search: {parameters: {epochs: [1, 2]}}\n`,
  'core.bench.yaml': 'name: core\ndataset: {path: data/pairs.jsonl, input: q, target: a}\nmodels: [m]\n',
};
const head = 'name: x\nbase: hub:o/m\naspects:\n  core-performance:\n';

describe('a tuning job in the editor', () => {
  let client: LanguageClient;
  before(async () => (client = await startLanguageClient(workspace)));
  after(() => client.stop());

  const labels = async (marked: string): Promise<readonly string[]> =>
    (await complete(client, marked, 'aiwb-tune')).labels;

  it('is offered the columns of each of its datasets, files and benchmarks', async () => {
    const several = `${head}    datasets:\n      - {path: data/chat.jsonl, messages: messages, split: {test: 30%}}\n      - {path: data/pairs.jsonl, input: ‸}\n`;
    assert.deepEqual(await labels(several), ['q', 'a', 'topic']);
    assert.deepEqual(await labels(several.replace('input: ‸', 'split: {group: ‸}')), ['q', 'a', 'topic']);
    assert.deepEqual(await labels(`${head}    dataset: {path: data/chat.jsonl, messages: ‸}\n`), ['messages', 'who']);
    assert.ok((await labels(`${head}    datasets:\n      - path: ‸\n`)).includes('data/pairs.jsonl'));
    assert.ok((await labels(`${head}    benchmark: ‸\n`)).includes('core.bench.yaml'));
  });

  it('is offered bases, folders with a model among them, and the metrics of its task', async () => {
    assert.deepEqual(await labels('base: ‸'), [
      'embedded:linear',
      'checkpoint:once',
      'checkpoint:several',
      'folder:models/tiny',
      'hub:',
      'folder:',
      'service:',
    ]);
    const speech = await labels('base: hub:o/m\ntask: automatic-speech-recognition\nevaluation: {metrics: [‸]}\n');
    assert.ok(speech.includes('wer') && !speech.includes('f1'), speech.join());
    const classes = await labels('base: embedded:linear\nevaluation: {metrics: [‸]}\n');
    assert.ok(!classes.includes('wer') && classes.includes('f1'), classes.join());
  });

  it('links to its datasets, its benchmark and its base', async () => {
    const text = `name: x\nbase: folder:models/tiny\naspects:\n  core-performance:\n    benchmark: core.bench.yaml\n    datasets:\n      - {path: data/chat.jsonl, messages: messages, split: {test: 30%}}\n`;
    const linksOf = async (content: string, file = 'x.tune.yaml'): Promise<string[]> => {
      const uri = client.open(file, 'aiwb-tune', content);
      const links = await client.request<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
      return links.map(({ target = '' }) => target.replace(/^.*\/(?=data|core|models|o\/)/, ''));
    };
    assert.deepEqual((await linksOf(text)).toSorted(), [
      'core.bench.yaml',
      'data/chat.jsonl',
      'models/tiny/config.json',
    ]);
    const hub = await linksOf(text.replace('folder:models/tiny', 'hub:o/m@main'), 'z.tune.yaml');
    assert.ok(hub.includes('o/m'), hub.join());
  });

  it('says what a job stands for: of a search the best trial', async () => {
    const hover = async (name: string): Promise<string> => {
      const uri = client.open(`${name}-next.tune.yaml`, 'aiwb-tune', `name: z\nbase: checkpoint:${name}\n`);
      const { contents } = await client.request<Hover>('textDocument/hover', {
        textDocument: { uri },
        position: { line: 1, character: 18 },
      });
      return (contents as MarkupContent).value;
    };
    assert.match(await hover('once'), /newest run that has succeeded/);
    assert.match(await hover('several'), /best trial of its newest search that has ended/);
    const { items } = await complete(client, 'base: ‸', 'aiwb-tune');
    const details = new Map(items.map(({ label, detail }) => [label, detail]));
    assert.equal(details.get('checkpoint:once'), 'newest checkpoint of once.tune.yaml');
    assert.equal(details.get('checkpoint:several'), 'best trial of several.tune.yaml');
  });

  it('explains its base', async () => {
    const uri = client.open('y.tune.yaml', 'aiwb-tune', 'name: y\nbase: hub:o/m\n');
    const hover = await client.request<Hover>('textDocument/hover', {
      textDocument: { uri },
      position: { line: 1, character: 8 },
    });
    assert.match((hover.contents as MarkupContent).value, /Model of the Hugging Face hub: `o\/m`/);
  });
});
