import { fields, flow, stop, type Sketch, type Snippet } from './sketch.ts';

const key = (name: string): Sketch => flow(fields({ env: stop(name) }));
const price = flow(fields({ input: stop('2.5'), output: stop('10') }));

/** A connection as each provider needs it; the name comes first, the key is named and never written. */
const connections: readonly (readonly [
  label: string,
  detail: string,
  name: string,
  Readonly<Record<string, Sketch>>,
])[] = [
  [
    'openai',
    'OpenAI, priced',
    'gpt',
    { provider: 'openai', model: stop('gpt-4o'), apiKey: key('OPENAI_API_KEY'), price },
  ],
  [
    'openai: server on this machine',
    'vLLM, LM Studio and others that speak the same API',
    'local',
    { provider: 'openai', baseUrl: stop('http://localhost:8000/v1'), model: stop('granite-3') },
  ],
  [
    'azure-openai',
    'Azure OpenAI, without a key',
    'azure',
    {
      provider: 'azure-openai',
      endpoint: stop('https://my-resource.openai.azure.com'),
      model: stop('my-deployment'),
      auth: 'entra',
    },
  ],
  [
    'anthropic',
    'Anthropic',
    'claude',
    { provider: 'anthropic', model: stop('claude-sonnet-4-5'), apiKey: key('ANTHROPIC_API_KEY') },
  ],
  [
    'gemini',
    'Google Gemini',
    'gemini',
    { provider: 'gemini', model: stop('gemini-2.5-flash'), apiKey: key('GEMINI_API_KEY') },
  ],
  [
    'ollama',
    'Ollama on this machine',
    'llama',
    { provider: 'ollama', model: stop('llama3.2:1b'), contextLength: stop('8192') },
  ],
  [
    'llama-cpp',
    'llama.cpp on this machine',
    'local',
    { provider: 'llama-cpp', baseUrl: stop('http://localhost:8080') },
  ],
  [
    'vscode-lm',
    'A model that VS Code lends',
    'house',
    { provider: 'vscode-lm', vendor: stop('copilot'), family: stop('gpt-4o') },
  ],
  [
    'http',
    'Any HTTP endpoint',
    'service',
    {
      provider: 'http',
      url: stop('http://localhost:9000/classify'),
      body: flow(fields({ text: '"{{ input }}"' })),
      output: stop('label'),
    },
  ],
  [
    'command',
    'A program that answers on its standard output',
    'rules',
    { provider: 'command', command: stop('[python, classify.py]') },
  ],
  ['replay', 'Recorded answers', 'before', { provider: 'replay', path: stop('answers.jsonl') }],
];

/** What a workbench file is usually made of. */
export const workbenchSnippets: readonly Snippet[] = [
  {
    at: '',
    label: 'workbench with a local server',
    detail: 'One connection that needs no key',
    whole: true,
    sketch: fields({
      connections: fields({
        local: fields({
          provider: 'openai',
          baseUrl: stop('http://localhost:8000/v1'),
          model: stop('granite-3'),
        }),
      }),
    }),
  },
  {
    at: '',
    label: 'workbench with a paid service and a judge',
    detail: 'A key by the name of its environment variable, a price, and who grades',
    whole: true,
    sketch: fields({
      connections: fields({
        gpt: fields({
          provider: 'openai',
          model: stop('gpt-4o'),
          apiKey: key('OPENAI_API_KEY'),
          price,
          limits: flow(fields({ concurrency: stop('16'), requestsPerMinute: stop('600') })),
        }),
      }),
      judge: 'gpt',
    }),
  },
  ...connections.map(([label, detail, name, connection]): Snippet => ({
    at: 'connections',
    label: `connection: ${label}`,
    detail,
    named: name,
    sketch: fields(connection),
  })),
  {
    at: 'compute',
    label: 'platform: this machine',
    detail: 'Where tuning jobs run that name no other',
    named: 'local',
    sketch: fields({ type: 'local' }),
  },
  {
    at: '',
    label: 'network: through a proxy',
    detail: 'Proxy and addresses asked without it',
    sketch: fields({
      network: fields({ proxy: stop('http://proxy.example:3128'), noProxy: '[localhost]' }),
    }),
  },
];
