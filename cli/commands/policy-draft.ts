import path from 'node:path';
import process from 'node:process';
import { Option, type Command } from 'commander';
import type { Policy } from '../../schemas/generated/files.ts';
import type { SourceText } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { DocumentReaderModel } from '../../engine/source-documents/reader-model.ts';
import { openReader } from '../../engine/evidence/open-reader.ts';
import type { Store } from '../../engine/ports/store.ts';
import { countOf, formatNumber, groupDigits } from '../../engine/reports/format.ts';
import { addDocument, readDocumentFile } from '../../engine/source-documents/documents.ts';
import { draftPolicy, estimateDraft, type DraftedPolicy } from '../../engine/source-documents/draft/draft-policy.ts';
import { findDocument, readSourceText } from '../../engine/source-documents/read-source-text.ts';
import { connectionNamed, loadWorkspace, type Workspace } from '../../engine/workspace/workspace.ts';
import { createDocumentReader } from '../../platform/documents/reader.ts';
import {
  allowCommandsOption,
  allowOriginOption,
  checkPrograms,
  createTerminalAccess,
  type AccessOptions,
} from '../access.ts';
import {
  createDocumentPorts,
  createHost,
  createRunPorts,
  withStore,
  workspaceFolderOf,
  type Host,
} from '../composition.ts';
import { noWindow } from '../connecting/try.ts';
import { watchInterrupts } from '../interrupts.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';
import { readDollars } from '../prompt-cases.ts';
import { print, type Run } from './governed.ts';

interface DraftOptions extends GlobalOptions, AccessOptions {
  readonly model?: string;
  readonly level?: Policy['level'];
  readonly id?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly budget?: number;
  readonly dryRun?: boolean;
}

export function addPolicyDraft(policy: Command, run: Run): void {
  policy
    .command('draft')
    .description('Propose a policy from a document, each control with the words it comes from; for a person to edit')
    .argument(
      '<document>',
      'a PDF, Word, Markdown, HTML or text file, which is kept in the store; or the digest of one there',
    )
    .option('-m, --model <name>', 'a connection that proposes the controls; default: structure and wording alone')
    .addOption(
      new Option('--level <level>', "the policy's level").choices(['country', 'industry', 'corporate', 'team']),
    )
    .option('--id <id>', "the policy's id; default: made of the document's name")
    .option('-o, --output <file>', 'write the draft here; default: print it')
    .option('--force', 'replace a file that is there')
    .option('--budget <dollars>', 'the most the model may cost, in US dollars', readDollars)
    .option('--dry-run', 'with --model: say what would be sent and what it would cost; send and keep nothing')
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((document: string, _options: unknown, command: Command) =>
      run(() => draft(document, { ...command.opts<DraftOptions>(), ...globalOptions(command) })),
    );
}

async function draft(document: string, options: DraftOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    const target = options.output === undefined ? undefined : path.resolve(options.output);
    if (target !== undefined && options.force !== true && (await host.files.facts(target)) !== undefined)
      throw new WorkbenchError('usage', `${target} is there already; nothing was drafted.`, {
        remedy: 'Name another file with --output, or replace it with --force.',
        place: { path: target },
      });
    if (options.dryRun === true) return await estimate(document, options, host, signal);
    const drafted = await withStore(host, process.cwd(), options.store, signal, async (store, workspace) => {
      const source = await takeIn(document, store, workspace, host, signal);
      const request = { source, ...pickAsked(options) };
      const { model } = options;
      if (model === undefined) return draftPolicy(request, undefined, signal);
      const reader = await open(model, options, store, workspace, host, signal);
      try {
        return await draftPolicy(request, reader, signal, (done, parts) => printNote(`Part ${done} of ${parts} read.`));
      } finally {
        await reader.close();
      }
    });
    if (target !== undefined) await host.files.writeText(target, drafted.text);
    tell(drafted, target, options);
    return 0;
  } finally {
    interrupts.dispose();
  }
}

function pickAsked({ id, level }: DraftOptions): Pick<DraftOptions, 'id' | 'level'> {
  return { ...(id === undefined ? {} : { id }), ...(level === undefined ? {} : { level }) };
}

function tell(drafted: DraftedPolicy, target: string | undefined, options: DraftOptions): void {
  const { text, controls, notes, cost } = drafted;
  if (options.json === true) printJson({ ...drafted, ...(target === undefined ? {} : { path: target }) });
  else if (target === undefined) printResult(text);
  else printResult(path.relative(process.cwd(), target));
  printNote(`${countOf(controls, 'control')} proposed; nothing counts until a person has read them.`);
  for (const note of notes) printNote(note);
  if (cost !== undefined) printNote(`It cost ${formatNumber(cost, 'USD')}.`);
}

/** A file is kept in the store and read; of what is no file, the document in the store with this digest. */
async function takeIn(
  document: string,
  store: Store,
  { folder }: Workspace,
  host: Host,
  signal: AbortSignal,
): Promise<SourceText> {
  const ports = createDocumentPorts(host, store);
  const file = path.resolve(document);
  if (!(await isDigest(document, file, host))) {
    const added = await addDocument({ path: file, folder }, ports, signal);
    for (const note of added.document.notes) printNote(note);
    return readSourceText(added.document.digest, ports);
  }
  return readSourceText((await findDocument(document, ports)).digest, ports);
}

async function isDigest(document: string, file: string, { files }: Host): Promise<boolean> {
  return /^[0-9a-f]{6,64}$/.test(document) && (await files.facts(file)) === undefined;
}

async function open(
  name: string,
  options: DraftOptions,
  store: Store,
  workspace: Workspace,
  host: Host,
  signal: AbortSignal,
): Promise<DocumentReaderModel & { close(): Promise<void> }> {
  const access = createTerminalAccess(options);
  const connection = connectionNamed(workspace, name);
  if (connection.provider === 'command') checkPrograms([connection.command], access);
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  return openReader(name, workspace, options.budget, ports, { runs: store, lent: noWindow(name) }, signal);
}

async function estimate(document: string, options: DraftOptions, host: Host, signal: AbortSignal): Promise<ExitCode> {
  const { model } = options;
  if (model === undefined)
    throw new WorkbenchError('usage', 'Drafting by structure asks no model: there is nothing to estimate.', {
      remedy: 'Name a connection with --model, or leave --dry-run out.',
    });
  const workspace = await loadWorkspace(host.files, await workspaceFolderOf(host, process.cwd()), signal);
  const connection = connectionNamed(workspace, model);
  const file = path.resolve(document);
  const source = (await isDigest(document, file, host))
    ? await withStore(host, process.cwd(), options.store, signal, store =>
        readSourceText(document, createDocumentPorts(host, store)),
      )
    : await readDocumentFile(file, { ...host, reader: createDocumentReader() }, signal);
  const foreseen = estimateDraft(source, model, connection);
  const { requests, inputTokens, outputTokens, cost } = foreseen;
  const price = cost === undefined ? 'its price is not known' : `at most ${formatNumber(cost, 'USD')}`;
  print(
    foreseen,
    `${source.name}: ${countOf(requests, 'request')} to ${model} with about ${groupDigits(inputTokens)} tokens, at most ${groupDigits(outputTokens)} back; ${price}. Nothing was sent.`,
    options,
  );
  return 0;
}
