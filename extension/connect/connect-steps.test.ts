import assert from 'node:assert/strict';
import { providers } from '../../engine/models/connecting/providers.ts';
import type { ListedModels, TestedConnection } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Asker, Choice } from './ask.ts';
import { checkAddress } from './address-step.ts';
import { joinWords, splitWords } from './command-line.ts';
import { connectSteps } from './connect-steps.ts';
import type { ConnectDesk } from './desk.ts';
import { apiOf, connectionOf, credentialOf, originOf, type Draft } from './draft.ts';
import { runFlow } from './flow.ts';
import { readPrice } from './price-steps.ts';
import { plain, suggestName, wrap } from './words.ts';

/** A desk whose endpoint answers, changed where it matters. */
function deskOf(change: Partial<ConnectDesk> = {}): ConnectDesk {
  return {
    providers,
    taken: ['taken'],
    savedKeys: ['openai'],
    isSet: () => true,
    detect: async () => [
      {
        kind: 'ollama',
        title: 'Ollama',
        baseUrl: 'http://localhost:11434',
        connections: [{ name: 'l', model: 'llama', yaml: '' }],
      },
    ],
    lent: async () => [{ id: 'copilot/gpt-4o', name: 'GPT-4o' }],
    runs: async () => [{ id: 'r1', name: 'triage', description: 'yesterday', models: ['a', 'b'] }],
    models: async (): Promise<ListedModels> => ({
      models: [{ id: 'big', price: { input: 2.5, output: 10 } }, { id: 'text-embedding-3' }],
      complete: true,
    }),
    test: async (): Promise<TestedConnection> => ({ answer: { output: 'OK', latencyMs: 40 } }),
    ...change,
  };
}

/** Answers by a script of labels and texts; `<` goes back, `!` gives up. Collects what was there to choose from. */
function scripted(script: readonly string[]) {
  const seen: { title: string; labels: string[] }[] = [];
  let at = 0;
  const next = (title: string): string => script[at++] ?? assert.fail(`${title} was asked after the script's end`);
  const asker: Asker = {
    async pick<T>({ title, choices, load, typed }: Parameters<Asker['pick']>[0]) {
      const found = (load === undefined ? choices : await load(new AbortController().signal)) as readonly Choice<T>[];
      seen.push({ title, labels: found.map(({ label }) => label) });
      const wanted = next(title);
      if (wanted === '<') return 'back';
      if (wanted === '!') return undefined;
      const choice =
        found.find(({ label, value }) => label === wanted && value !== undefined) ??
        (typed?.(wanted) as Choice<T> | undefined);
      if (choice?.value === undefined)
        return assert.fail(`${title} has no ${wanted}: ${found.map(({ label }) => label).join(' | ')}`);
      return { value: choice.value };
    },
    async input({ title, check }) {
      const wanted = next(title);
      if (wanted === '<') return 'back';
      if (wanted === '!') return undefined;
      const remark = check(wanted);
      assert.ok(remark === undefined || remark.isWarning === true, `${title}: ${remark?.message ?? ''}`);
      return { value: wanted };
    },
    file: async () => 'answers.jsonl',
  };
  return { asker, seen, isDone: () => at === script.length };
}

async function connect(script: readonly string[], desk = deskOf()): Promise<Record<string, unknown> | undefined> {
  const { asker, isDone } = scripted(script);
  const draft = await runFlow<Draft>({}, connectSteps(asker, desk));
  assert.ok(isDone(), 'the whole script was asked for');
  return draft === undefined ? undefined : { [draft.name ?? '']: connectionOf(draft, 'own') };
}

const own = 'https://api.openai.com/v1';

describe('the questions that make a connection', () => {
  it('write no more than is needed', async () => {
    assert.deepEqual(
      await connect(['OpenAI', own, 'Enter a Key…', 'sk-1', 'big', 'It Works: Go On', 'As the Endpoint Says', 'gpt']),
      {
        gpt: { provider: 'openai', model: 'big', apiKey: { secret: 'own' }, price: { input: 2.5, output: 10 } },
      },
    );
    assert.deepEqual(await connect(['Ollama', 'typed-model', 'It Works: Go On', 'No Price', 'llama']), {
      llama: { provider: 'ollama', model: 'typed-model' },
    });
  });

  it('are those of each provider', async () => {
    const cases: [script: string[], connection: Record<string, unknown>][] = [
      [
        [
          'Azure OpenAI',
          'https://r.openai.azure.com/',
          'Microsoft Entra ID',
          'dep',
          'It Works: Go On',
          'No Price',
          'n',
        ],
        { provider: 'azure-openai', endpoint: 'https://r.openai.azure.com', model: 'dep', auth: 'entra' },
      ],
      [
        [
          'OpenAI-compatible',
          'http://localhost:8000/v1',
          'No Key',
          'text-embedding-3',
          'It Works: Go On',
          'No Price',
          'n',
        ],
        { provider: 'openai', baseUrl: 'http://localhost:8000/v1', model: 'text-embedding-3', api: 'embeddings' },
      ],
      [
        ['llama.cpp', 'http://127.0.0.1:9', 'No Key', 'What it has loaded', 'It Works: Go On', 'No Price', 'n'],
        { provider: 'llama-cpp', baseUrl: 'http://127.0.0.1:9' },
      ],
      [
        ['Lent by VS Code', 'GPT-4o', 'It Works: Go On', 'n'],
        { provider: 'vscode-lm', vendor: 'copilot', family: 'gpt-4o' },
      ],
      [
        [
          'Any HTTP endpoint',
          'http://h.example/{{ lang }}',
          'Environment Variable…',
          'K',
          'a.b',
          'It Works: Go On',
          'Enter a Price…',
          '0.5',
          'n',
        ],
        {
          provider: 'http',
          url: 'http://h.example/{{ lang }}',
          output: 'a.b',
          apiKey: { env: 'K' },
          price: { perRequest: 0.5 },
        },
      ],
      [
        ['A program on this machine', 'python "my file.py"', 'It Works: Go On', 'No Price', 'n'],
        { provider: 'command', command: ['python', 'my file.py'] },
      ],
      [
        ['Recorded answers', 'triage', 'b', 'It Works: Go On', 'No Price', 'n'],
        { provider: 'replay', run: 'r1', model: 'b' },
      ],
      [
        ['Recorded answers', 'A JSON Lines File…', 'It Works: Go On', 'No Price', 'n'],
        { provider: 'replay', path: 'answers.jsonl' },
      ],
    ];
    for (const [script, connection] of cases) assert.deepEqual(await connect(script), { n: connection }, script[0]);
  });

  it('can be gone back through, and forget what another provider’s answers meant', async () => {
    const back = [
      'OpenAI',
      own,
      'openai',
      'big',
      '<',
      '<',
      '<',
      '<',
      'Anthropic',
      'https://api.anthropic.com',
      'openai',
    ];
    assert.deepEqual(await connect([...back, 'claude', 'It Works: Go On', 'No Price', 'n']), {
      n: { provider: 'anthropic', model: 'claude', apiKey: { secret: 'openai' } },
    });
  });

  it('end without an answer wherever they are given up', async () => {
    const whole = ['OpenAI', own, 'Enter a Key…', 'sk-1', 'big', 'It Works: Go On', 'Enter a Price…', '1 / 2', 'n'];
    for (let at = 0; at < whole.length; at += 1) assert.equal(await connect([...whole.slice(0, at), '!']), undefined);
  });

  it('lead back from what does not work, and can pass it over', async () => {
    let tests = 0;
    const failing = deskOf({
      models: () =>
        Promise.reject(
          new FailureError({ code: 'endpoint-unreachable', message: 'OpenAI did not accept the credentials.' }),
        ),
      async test() {
        tests += 1;
        return { failure: { code: 'client', message: 'No such model.', remedy: 'Check model.' } };
      },
    });
    const { asker, seen } = scripted([
      ...['OpenAI', own, 'Enter a Key…', 'sk-1', 'Change the Key', 'Enter a Key…', 'sk-2', 'my-model'],
      ...['Test Again', 'Change the Model', 'other', 'Go On Anyway', 'No Price', 'n'],
    ]);
    const draft = await runFlow<Draft>({}, connectSteps(asker, failing));
    assert.deepEqual([draft?.model, draft?.key, tests], ['other', { kind: 'typed', value: 'sk-2' }, 3]);
    assert.ok(seen.some(({ labels }) => labels.includes('OpenAI did not accept the credentials.')));
    assert.ok(seen.some(({ labels }) => labels.join(' ').includes('No such model. Check model.')));
  });

  it('name the only origin a key may go to, and hold it nowhere in what is written', () => {
    const draft: Draft = {
      provider: providers[4]!,
      address: 'https://gate.example/api/v1',
      key: { kind: 'typed', value: 'sk-canary' },
    };
    assert.equal(originOf(draft), 'https://gate.example');
    assert.deepEqual(credentialOf(draft, 'own'), { kind: 'secret', name: 'own' });
    assert.ok(!JSON.stringify(connectionOf(draft, 'own')).includes('canary'));
  });

  it('check addresses, prices and names as they are typed', () => {
    for (const bad of ['', 'localhost', 'ftp://x', 'http://', 'https://me@x.example/', 'http://a b/'])
      assert.ok(checkAddress(bad)?.isWarning !== true && checkAddress(bad) !== undefined, bad);
    assert.equal(checkAddress('http://far.example/v1')?.isWarning, true);
    assert.equal(checkAddress('http://localhost:1/v1'), undefined);
    assert.deepEqual(readPrice('$2.50 / 10', 'tokens'), { input: 2.5, output: 10 });
    assert.deepEqual(readPrice('1/2/.5', 'tokens'), { input: 1, output: 2, cachedInput: 0.5 });
    for (const bad of ['', '2', '1,5 / 3', '1/2/3/4', '-1/2', 'a/b']) assert.equal(readPrice(bad, 'tokens'), undefined);
    assert.equal(suggestName('org/Llama-3.2:1B.gguf', ['Llama-3-2-1B']), 'Llama-3-2-1B-2');
    assert.equal(suggestName('123', []), 'model');
    assert.deepEqual(apiOf({ provider: providers[0]!, model: 'whisper-1' }), { api: 'transcriptions' });
    assert.deepEqual(apiOf({ provider: providers[0]!, model: 'embedder-of-things' }), {});
  });

  it('take command lines apart and together again', () => {
    const lines: [line: string, words: string[]][] = [
      ['python  run.py --x', ['python', 'run.py', '--x']],
      [`a "b c" 'd "e"' f\\ g`, ['a', 'b c', 'd "e"', 'f g']],
      ['C:\\bin\\x.exe "C:\\\\a b"', ['C:\\bin\\x.exe', 'C:\\a b']],
      ['', []],
    ];
    for (const [line, words] of lines) {
      assert.deepEqual(splitWords(line), words);
      assert.deepEqual(splitWords(joinWords(words)), words);
    }
  });

  it('show what endpoints say as plain text', () => {
    assert.equal(plain('a\u202eb\n$(check) c'), 'a b \\$(check) c');
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  });
});
