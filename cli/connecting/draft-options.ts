import type { Command } from 'commander';
import { Option } from 'commander';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { providers } from '../../engine/models/connecting/providers.ts';
import { splitCommand } from '../../platform/secrets/command.ts';

/** A connection as options describe it. */
export interface DraftOptions {
  readonly provider: string;
  readonly model?: string;
  readonly address?: string;
  readonly api?: string;
  readonly apiKeyEnv?: string;
  readonly apiKeySecret?: string;
  readonly apiKeyCommand?: string;
  readonly auth?: string;
  readonly program?: string;
  readonly path?: string;
  readonly run?: string;
  readonly inputPrice?: number;
  readonly outputPrice?: number;
}

/** The options of `DraftOptions` for a command that describes a connection. */
export function addDraftOptions(command: Command): Command {
  const ids = [...new Set(providers.map(({ provider }) => provider))];
  return command
    .addOption(new Option('--provider <provider>', 'how it is asked').choices(ids).makeOptionMandatory())
    .option('--model <model>', "the model as the endpoint knows it; a deployment's name; of vscode-lm, vendor/family")
    .option('--address <url>', "the endpoint's address; default: the provider's own")
    .option('--api <api>', 'chat, completions, responses, transcriptions or embeddings')
    .option('--api-key-env <name>', 'the environment variable that holds the key')
    .option(
      '--api-key-secret <name>',
      'the name a key is saved under in VS Code; here it is read from AIWB_SECRET_<NAME>',
    )
    .option('--api-key-command <command>', 'a command that prints the key')
    .option('--auth <kind>', 'entra or google: a token of your account in place of a key')
    .option('--program <command>', 'of `command`: the program and its arguments')
    .option('--path <file>', 'of `replay`: the JSON Lines file of answers')
    .option('--run <run>', 'of `replay`: the run whose answers are taken')
    .option('--input-price <usd>', 'US dollars per million input tokens', readPrice)
    .option('--output-price <usd>', 'US dollars per million output tokens', readPrice);
}

/** The connection as workbench.yaml would write it. Throws `usage` for two keys; the rest is checked with the schema. */
export function draftOf(options: DraftOptions): Record<string, unknown> {
  const { provider, api, auth, path, run, inputPrice, outputPrice } = options;
  const entry = providers.find(each => each.provider === provider);
  const field = entry?.address?.field ?? 'baseUrl';
  const price = { ...definedOf({ input: inputPrice, output: outputPrice }) };
  return definedOf({
    provider,
    [field]: options.address,
    ...modelFields(options),
    api,
    command: options.program === undefined ? undefined : splitCommand(options.program),
    path,
    run,
    apiKey: keyOf(options),
    auth,
    price: Object.keys(price).length === 0 ? undefined : price,
  });
}

function modelFields({ provider, model }: DraftOptions): Record<string, unknown> {
  if (provider !== 'vscode-lm' || model === undefined) return { model };
  const at = model.indexOf('/');
  return at < 0 ? { family: model } : { vendor: model.slice(0, at), family: model.slice(at + 1) };
}

function keyOf({ apiKeyEnv, apiKeySecret, apiKeyCommand }: DraftOptions): Record<string, string> | undefined {
  const keys = Object.entries({ env: apiKeyEnv, secret: apiKeySecret, command: apiKeyCommand }).flatMap(
    ([kind, value]) => (value === undefined ? [] : [{ [kind]: value }]),
  );
  if (keys.length < 2) return keys[0];
  throw new WorkbenchError('usage', 'A connection has one key, and several were named.', {
    remedy: 'Name one of --api-key-env, --api-key-secret and --api-key-command.',
  });
}

function definedOf(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function readPrice(text: string): number {
  const price = Number(text);
  if (text.trim() !== '' && Number.isFinite(price) && price >= 0) return price;
  throw new WorkbenchError('usage', `"${text}" is no price.`, {
    remedy: 'Give US dollars per million tokens, such as 2.5.',
  });
}
