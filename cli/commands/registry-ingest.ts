import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { IngestRequest, Ingestion } from '../../schemas/generated/messages.ts';
import { showUnseen } from '../../schemas/unseen.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { beginIngestion, continueIngestion } from '../../engine/ingest/ingest.ts';
import type { IngestCredentials, IngestPorts } from '../../engine/ingest/ports.ts';
import { renderReport, reportOf } from '../../engine/ingest/report.ts';
import { toSarif } from '../../engine/ingest/sarif.ts';
import { nameFromSource, parseSource } from '../../engine/ingest/sources/parse.ts';
import { listIngestions, readIngestion } from '../../engine/ingest/state.ts';
import { createRegistries } from '../../engine/registry/registries.ts';
import { createQuarantine } from '../../platform/files/quarantine.ts';
import { createSignatures } from '../../platform/host/signatures.ts';
import { checkModelName } from '../../engine/registry/names.ts';
import { checkAlias } from '../../platform/store/registry-names.ts';
import { allowCommandsOption, allowOriginOption, createTerminalAccess } from '../access.ts';
import { publishVersion } from '../../engine/handoff/publish.ts';
import { createGovernancePorts, createHost, createRunPorts, withStore } from '../composition.ts';
import { createIngestBenchmarks } from '../ingest-benchmarks.ts';
import { createByteLine } from '../byte-line.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printNote } from '../output.ts';
import { version } from '../version.ts';
import { print, type Run } from './governed.ts';

interface IngestOptions extends GlobalOptions {
  readonly model?: string;
  readonly to?: string;
  readonly alias?: string;
  readonly description?: string;
  readonly digest?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly trustRoot?: string;
  readonly signer?: string;
  readonly requireSignature?: boolean;
  readonly requireLicense?: boolean;
  readonly allowLicense?: readonly string[];
  readonly strict?: boolean;
  readonly reference?: boolean;
  readonly benchmark?: readonly string[];
  readonly connection?: string;
  readonly maxBytes?: number;
  readonly maxFiles?: number;
  readonly tokenEnv?: string;
  readonly username?: string;
  readonly passwordEnv?: string;
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly resume?: string;
  readonly accept?: readonly string[];
  readonly reason?: string;
  readonly sarif?: string;
  readonly allowOrigin?: readonly string[];
  readonly allowCommands?: boolean;
}

const defaultBytes = 100 * 2 ** 30;
const defaultFiles = 10_000;

/** `registry ingest` and `registry ingestions`. */
export function addIngest(registry: Command, run: Run): void {
  registry
    .command('ingest')
    .description('Take a model in from outside: fetch it into quarantine, check it, measure it, register it')
    .argument('[source]', 'a folder, a file, https://…, oci://HOST/REPOSITORY:TAG or s3://BUCKET/KEY')
    .option('-m, --model <name>', 'name it is registered under (default: after the source)')
    .option('--to <registry>', 'also publish it to this registry of workbench.yaml')
    .option('--alias <alias>', 'alias moved to the version (default: candidate)')
    .option('--description <text>', 'what this version is')
    .option('--digest <sha256>', 'SHA-256 that the artefact or its weights must have', readDigest)
    .option('--key <file>', 'public key (PEM) that the model must be signed with')
    .option('--ca <file>', 'certificates (PEM) that the signing certificate must lead to')
    .option('--trust-root <file>', "Sigstore's trusted_root.json, to verify keyless signatures by")
    .option('--signer <name>', 'identity that the signing certificate must name')
    .option('--require-signature', 'refuse a model without a verified signature')
    .option('--require-license', 'refuse a model whose card names no known licence')
    .option('--allow-license <name>', 'refuse other licences than this (may be repeated)', collect)
    .option('--strict', 'refuse warnings too')
    .option('--reference', 'leave the weights where they are, and keep their digests')
    .option('--benchmark <file>', 'measure it with this benchmark before it is registered (may be repeated)', collect)
    .option('--connection <name>', 'connection that serves it, for benchmarks of models that cannot run here')
    .option('--max-bytes <bytes>', 'most bytes taken in (default: 100 GiB)', readSize)
    .option('--max-files <number>', 'most files taken in (default: 10000)', readSize)
    .option('--token-env <variable>', 'environment variable with a token for an https source')
    .option('--username <name>', 'who asks an OCI registry')
    .option('--password-env <variable>', 'environment variable with the password for it')
    .option(
      '--s3-endpoint <url>',
      'service that speaks S3 (default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon)',
    )
    .option('--s3-region <region>', 'its region (default: AWS_REGION, AWS_DEFAULT_REGION, else us-east-1)')
    .option('--resume <id>', 'go on with an ingestion that was stopped, failed or refused')
    .option(
      '--accept <finding>',
      'take an unsafe finding upon yourself, by its id (with --resume; may be repeated)',
      collect,
    )
    .option('--reason <text>', 'why it is accepted')
    .option('--sarif <file>', 'also write the findings as SARIF, for code hosts')
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((source: string | undefined, _options: unknown, command: Command) =>
      run(() => ingest(source, { ...command.opts<IngestOptions>(), ...globalOptions(command) })),
    );
  registry
    .command('ingestions')
    .description('Models that were taken in or refused, newest first')
    .argument('[id]', 'show one of them in full')
    .action((id: string | undefined, _options: unknown, command: Command) =>
      run(() => list(id, globalOptions(command))),
    );
}

function readDigest(text: string): string {
  const digest = text.replace(/^sha256:/, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new WorkbenchError('usage', `"${text.slice(0, 100)}" is no SHA-256.`, { remedy: 'Give 64 hex digits.' });
}

function readSize(text: string): number {
  const match = /^(\d{1,15})\s*(?:([KMGT])i?B?)?$/i.exec(text);
  const power = 'KMGT'.indexOf((match?.[2] ?? '').toUpperCase() || '-') + 1;
  const size = Number(match?.[1]) * 1024 ** power;
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new WorkbenchError('usage', `"${text}" is no number above 0.`, { remedy: 'Write it like 500000000 or 20G.' });
}

async function ingest(source: string | undefined, options: IngestOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  const line = createByteLine();
  try {
    return await withStore(host, process.cwd(), options.store, signal, async (store, workspace) => {
      const access = createTerminalAccess(options);
      const network = await createRunPorts(host, workspace, access, {}, signal);
      const registries = createRegistries(workspace, store.registry, network);
      const ports: IngestPorts = {
        ...network,
        store,
        quarantine: createQuarantine(),
        signatures: createSignatures(),
        owner: host.owner,
        workbench: version,
        credentials: credentialsOf(options),
        benchmarks: createIngestBenchmarks(store, workspace, access, network, host, options),
        async publish({ model, version: number }, registry) {
          const governance = createGovernancePorts(host, store);
          const request = { model, version: number, registry, folder: workspace.folder };
          const { publications, notes } = await publishVersion(request, { ...governance, registries }, signal);
          for (const note of notes) printNote(showUnseen(note));
          const [made] = publications;
          return `${made?.model ?? model}@${made?.version ?? number} in ${registry}`;
        },
        onNote(sentence) {
          line.clear();
          printNote(showUnseen(sentence));
        },
        onProgress: line.show,
      };
      try {
        const by = await host.identities.whoAmI(workspace.folder, signal);
        const { accept } = options;
        if (accept !== undefined && options.resume === undefined)
          throw new WorkbenchError('usage', 'Findings are accepted of an ingestion that was refused.', {
            remedy: 'Name it: `aiwb registry ingest --resume ID --accept FINDING --reason "…"`.',
          });
        // A registry that is not declared is found out before anything is fetched.
        if (options.to !== undefined) registries.open(options.to);
        const id = options.resume ?? (await beginIngestion(requestOf(source, options), by, process.cwd(), ports)).id;
        if (options.resume === undefined && options.json !== true)
          printNote(`Ingestion ${id}. Stopped, it goes on by \`aiwb registry ingest --resume ${id}\`.`);
        const acceptance = accept === undefined ? undefined : { by, findings: accept, reason: options.reason ?? '' };
        const ended = await continueIngestion(id, acceptance, ports, signal);
        line.clear();
        if (options.sarif !== undefined)
          await host.files.writeText(
            path.resolve(options.sarif),
            `${JSON.stringify(toSarif(reportOf(ended, version)), undefined, 2)}\n`,
          );
        print(ended, describe(ended), options);
        return ended.steps.some(({ state }) => state === 'refused') ? 1 : 0;
      } finally {
        line.clear();
        await registries.close();
      }
    });
  } finally {
    interrupts.dispose();
  }
}

function requestOf(text: string | undefined, options: IngestOptions): IngestRequest {
  if (text === undefined)
    throw new WorkbenchError('usage', 'No source was named.', {
      remedy: 'Name a folder, a file, or an address: `aiwb registry ingest ./model`.',
    });
  const source = parseSource(text);
  const model =
    options.model ?? nameFromSource(source.kind === 'path' ? { ...source, path: path.resolve(text) } : source);
  checkModelName(model);
  if (options.alias !== undefined) checkAlias(options.alias);
  const file = (name: string | undefined): string | undefined => (name === undefined ? undefined : path.resolve(name));
  const { env } = process;
  const optional = {
    registry: options.to,
    description: options.description,
    alias: options.alias,
    digest: options.digest,
    key: file(options.key),
    ca: file(options.ca),
    trustRoot: file(options.trustRoot),
    signer: options.signer,
    requireSignature: options.requireSignature,
    requireLicense: options.requireLicense,
    licenses: options.allowLicense === undefined ? undefined : [...options.allowLicense],
    strict: options.strict,
    reference: options.reference,
    benchmarks: options.benchmark?.map(name => path.resolve(name)),
    connection: options.connection,
    s3Endpoint: options.s3Endpoint ?? env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'],
    s3Region: options.s3Region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'],
  };
  return {
    source: text,
    model,
    limits: { bytes: options.maxBytes ?? defaultBytes, files: options.maxFiles ?? defaultFiles },
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<IngestRequest>),
  };
}

/** Where keys are found. Whether they may be sent to a place is asked when they are. */
function credentialsOf({ tokenEnv, username, passwordEnv }: IngestOptions): IngestCredentials {
  const { env } = process;
  const has = (name: string): boolean => (env[name] ?? '') !== '';
  return {
    ...(tokenEnv === undefined ? {} : { token: { env: tokenEnv } }),
    ...(username === undefined || passwordEnv === undefined
      ? {}
      : { basic: { username, password: { env: passwordEnv } } }),
    ...(has('AWS_ACCESS_KEY_ID') && has('AWS_SECRET_ACCESS_KEY')
      ? {
          s3: {
            accessKey: { env: 'AWS_ACCESS_KEY_ID' },
            secretKey: { env: 'AWS_SECRET_ACCESS_KEY' },
            ...(has('AWS_SESSION_TOKEN') ? { sessionToken: { env: 'AWS_SESSION_TOKEN' } } : {}),
          },
        }
      : {}),
  };
}

function describe(ingestion: Ingestion): string {
  const refused = ingestion.steps.find(({ state }) => state === 'refused');
  const rest = ingestion.steps.filter(({ name }) => name === 'keep' || name === 'benchmarks' || name === 'register');
  const lines = [
    renderReport(reportOf(ingestion, version)),
    '',
    ...rest
      .filter(({ state }) => state !== 'pending')
      .map(({ name, sentence }) => `  ${name.padEnd(13)} ${sentence ?? ''}`),
  ];
  if (refused !== undefined)
    lines.push(
      `Refused: it stays in quarantine. Take findings upon yourself by \`aiwb registry ingest --resume ${ingestion.id} --accept FINDING --reason "…"\`.`,
    );
  else if (ingestion.version !== undefined)
    lines.push(`Registered as ${ingestion.version.model}@${ingestion.version.version}.`);
  return showUnseen(lines.join('\n'));
}

async function list(id: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  const host = createHost();
  const { signal } = new AbortController();
  return withStore(host, process.cwd(), options.store, signal, async (store): Promise<ExitCode> => {
    const ports = { files: host.files, store };
    if (id !== undefined) {
      const ingestion = await readIngestion(id, ports, signal);
      print(ingestion, describe(ingestion), options);
      return 0;
    }
    const all = await listIngestions(ports, signal, printNote);
    const rows = all.ingestions.map(one => {
      const open = one.steps.find(({ state }) => state !== 'done' && state !== 'skipped');
      const state = open === undefined ? 'registered' : `${open.name} ${open.state}`;
      const name = one.version === undefined ? one.request.model : `${one.version.model}@${one.version.version}`;
      return [one.id, one.verdict ?? '–', state, name, one.source.address].map(text => ({ text: showUnseen(text) }));
    });
    const header = ['Ingestion', 'Verdict', 'State', 'Model', 'Source'].map(text => ({ text }));
    if (rows.length > 0 || options.json === true) print(all, layTable(header, rows, ['Source']), options);
    else printNote('No model was taken in yet. Take one in: `aiwb registry ingest ./model`.');
    return 0;
  });
}
