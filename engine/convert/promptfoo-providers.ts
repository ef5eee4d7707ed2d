import { fieldsOf, numberFrom, textFrom } from '../imports/values.ts';
import { connectionName } from './converted.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Connections for a workbench.yaml, and the models a benchmark names. */
export interface ConvertedProviders {
  readonly connections: Readonly<Record<string, Fields>>;
  readonly models: readonly string[];
}

/** Providers with a wire format of ours. Keys are referenced by the environment variables promptfoo itself reads. */
export function convertProviders(providers: readonly unknown[], notes: string[]): ConvertedProviders {
  const connections: Record<string, Fields> = {};
  const models: string[] = [];
  for (const provider of providers) {
    const fields = fieldsOf(provider);
    const single = Object.entries(fields)[0];
    const id = textFrom(provider) ?? textFrom(fields['id']) ?? single?.[0] ?? '';
    const config = fieldsOf(fields['config'] ?? fieldsOf(single?.[1])['config']);
    const connection = connectionOf(id, config);
    if (connection === undefined) {
      notes.push(`The provider \`${id.slice(0, 100)}\` was not carried over: write a connection for it.`);
      continue;
    }
    const wanted = connectionName(textFrom(fields['label']) ?? textFrom(connection['model']) ?? id);
    let name = wanted;
    for (let next = 2; Object.hasOwn(connections, name); next++) name = `${wanted.slice(0, 60)}-${next}`;
    connections[name] = connection;
    models.push(name);
  }
  return { connections, models };
}

function connectionOf(id: string, config: Fields): Fields | undefined {
  const [vendor = '', ...rest] = id.split(':');
  const model = rest.at(-1);
  const parameters = parametersOf(config);
  switch (vendor) {
    case 'openai':
      return withModel(model, {
        provider: 'openai',
        ...base(config),
        apiKey: key(config, 'OPENAI_API_KEY'),
        ...parameters,
      });
    case 'anthropic':
      return withModel(model, {
        provider: 'anthropic',
        ...base(config),
        apiKey: key(config, 'ANTHROPIC_API_KEY'),
        ...parameters,
      });
    case 'google':
    case 'vertex':
      return withModel(model, { provider: 'gemini', apiKey: key(config, 'GOOGLE_API_KEY'), ...parameters });
    case 'ollama':
      return withModel(rest.slice(rest.length > 1 ? 1 : 0).join(':'), {
        provider: 'ollama',
        ...base(config),
        ...parameters,
      });
    case 'azure':
    case 'azureopenai':
      return withModel(model, {
        provider: 'azure-openai',
        ...azureBase(config),
        apiKey: key(config, 'AZURE_API_KEY'),
        ...parameters,
      });
    case 'exec': {
      const command = id.slice(5).trim().split(/\s+/).filter(Boolean);
      return command.length === 0 ? undefined : { provider: 'command', command };
    }
    default:
      return undefined;
  }
}

function withModel(model: string | undefined, connection: Fields): Fields | undefined {
  return model === undefined || model === '' ? undefined : { ...connection, model };
}

function base(config: Fields): Fields {
  const url = textFrom(config['apiBaseUrl']) ?? textFrom(config['baseUrl']);
  const host = textFrom(config['apiHost']);
  if (url !== undefined && /^https?:\/\/[^\s@]+$/.test(url)) return { baseUrl: url };
  return host === undefined || /[\s@/]/.test(host) ? {} : { baseUrl: `https://${host}/v1` };
}

function azureBase(config: Fields): Fields {
  const host = textFrom(config['apiHost']);
  const url = textFrom(config['apiBaseUrl']);
  if (url !== undefined && /^https?:\/\/[^\s@]+$/.test(url)) return { baseUrl: url };
  return host === undefined || /[\s@/]/.test(host) ? {} : { baseUrl: `https://${host}` };
}

/** A key written into the configuration is never carried over: a reference to its variable is. */
function key(config: Fields, variable: string): Fields {
  const named = textFrom(config['apiKeyEnvar']);
  return { env: named !== undefined && /^[A-Za-z_]\w*$/.test(named) ? named : variable };
}

function parametersOf(config: Fields): Fields {
  const temperature = numberFrom(config['temperature']);
  const maxTokens = numberFrom(config['max_tokens'] ?? config['max_completion_tokens']);
  const topP = numberFrom(config['top_p']);
  const parameters = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(topP === undefined || topP <= 0 ? {} : { topP }),
  };
  return Object.keys(parameters).length === 0 ? {} : { parameters };
}
