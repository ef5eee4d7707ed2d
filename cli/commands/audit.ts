import path from 'node:path';
import type { Command } from 'commander';
import type { AuditEntry, AuditVerification } from '../../schemas/generated/messages.ts';
import { readAnchor, writeAnchor } from '../../engine/audit/anchor.ts';
import { exportAudit } from '../../engine/audit/export.ts';
import { verifySignatures } from '../../engine/audit/signatures.ts';
import { verifyAudit } from '../../engine/audit/verify.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { isSamePerson } from '../../engine/people/same-person.ts';
import type { Ledger } from '../../engine/ports/ledger.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { createHost } from '../composition.ts';
import { collect, globalOptions, readNumberOf, type GlobalOptions } from '../options.ts';
import { layTable, printNote } from '../output.ts';
import { readVouchedKeys } from '../trust.ts';
import { addAuditErase } from './audit-erase.ts';
import { entryCells, entryHeader, whoHeader } from './audit-table.ts';
import { print, withGovernance, type Run } from './governed.ts';

interface VerifyOptions {
  readonly anchor?: string;
  readonly signatures?: boolean;
  readonly requireSigned?: boolean;
  readonly key?: readonly string[];
}

interface ListOptions {
  readonly limit?: number;
  readonly model?: string;
  readonly action?: string;
  readonly by?: string;
  readonly since?: number;
}

/** The log of everything that was decided: read, verified, anchored and taken along. */
export function addAudit(program: Command, run: Run): void {
  const audit = program.command('audit');
  audit
    .command('verify')
    .description(
      'Whether log, records and registry are what was written; exit code 1 when not, with the first broken entry',
    )
    .option('--anchor <anchor>', 'also hold it against an entry kept elsewhere: SEQUENCE:HASH, or a text with one')
    .option('--signatures', 'also hold the signatures of records against `signers` of workbench.yaml')
    .option('--require-signed', 'the same, and exit 1 for a record that is not signed with a key that is vouched for')
    .option(
      '--key <key>',
      'another public key that counts: `ed25519:…` or a file that holds it (may be repeated)',
      collect,
    )
    .action((options: VerifyOptions, command: Command) => run(() => verify(options, globalOptions(command))));
  audit
    .command('list')
    .description('Entries of the log, oldest first')
    .option('-n, --limit <count>', 'the newest so many (default: 50)', text => readNumberOf('entries', text))
    .option('--model <model>', 'about this model or MODEL@V')
    .option('--action <action>', 'what was done, or the beginning of it, such as waiver')
    .option('--by <email>', 'by this person')
    .option('--since <date>', 'on this day or later, such as 2026-10-01', readDay)
    .action((options: ListOptions, command: Command) => run(() => list(options, globalOptions(command))));
  audit
    .command('anchor')
    .description("Print the log's newest entry, to be kept where nobody can change it, such as a signed git tag")
    .action((_options: unknown, command: Command) => run(() => anchor(globalOptions(command))));
  audit
    .command('export')
    .description('Write the log as JSON Lines; `node verify.mjs --audit FILE` verifies it elsewhere')
    .argument('<file>')
    .option('--without-content', 'entries alone, without what they record')
    .action((file: string, options: { readonly withoutContent?: boolean }, command: Command) =>
      run(() => write(file, options.withoutContent !== true, globalOptions(command))),
    );
  addAuditErase(audit, run);
}

function verify(options: VerifyOptions, global: GlobalOptions): Promise<ExitCode> {
  const anchored = options.anchor === undefined ? undefined : readAnchor(options.anchor);
  return withGovernance(global, async ({ store, digest, signing }, _folder, signal) => {
    const log = await verifyAudit(store, digest, signal, anchored);
    const asked = options.signatures === true || options.requireSigned === true || options.key !== undefined;
    const signers = asked ? await readVouchedKeys(options.key ?? [], createHost(), signal) : [];
    const signed = asked ? await verifySignatures(store.ledger, { signers, digest, signing }, signal) : undefined;
    const unproven = options.requireSigned === true ? (signed?.unproven ?? []) : [];
    const faults = [...log.faults, ...(signed?.faults ?? [])];
    const verification: AuditVerification = {
      ...log,
      intact: faults.length === 0,
      faults,
      ...(signed === undefined ? {} : { signatures: signed.counts }),
    };
    const lines = [
      log.sentence,
      ...(log.head === undefined ? [] : [`Head: ${String(log.entries)}:${log.head}`]),
      ...describeFirst(log.first),
      ...faults.map(fault => `${nameOf(fault.sequence)}: ${fault.sentence}`),
      ...(signed === undefined ? [] : [describeCounts(signed.counts)]),
      ...unproven.map(id => `Not proven by a signature: ${id}`),
    ];
    print(verification, lines.join('\n'), global);
    return verification.intact && unproven.length === 0 ? 0 : 1;
  });
}

function nameOf(sequence: number): string {
  return sequence === 0 ? 'no entry' : `entry ${String(sequence)}`;
}

function describeFirst(first: AuditVerification['first']): readonly string[] {
  if (first === undefined) return [];
  const { sequence, action, subject, actor, at } = first;
  const what =
    action === undefined || subject === undefined || actor === undefined || at === undefined
      ? ''
      : ` (${action} of ${subject}, by ${actor}, ${new Date(at).toISOString()})`;
  return [`First broken: ${nameOf(sequence)}${what}`];
}

function describeCounts({ valid, unknown, unsigned }: NonNullable<AuditVerification['signatures']>): string {
  return `Signatures: ${String(valid)} by people who are vouched for, ${String(unknown)} with keys that nobody vouches for, ${String(unsigned)} records without one.`;
}

function list(options: ListOptions, global: GlobalOptions): Promise<ExitCode> {
  return withGovernance(global, async ({ store }) => {
    const entries = await readNewest(store.ledger, options);
    if (entries.length > 0 || global.json === true)
      print({ entries }, layTable(entryHeader, entries.map(entryCells), [whoHeader]), global);
    else
      printNote(
        isFiltered(options) ? 'Nothing of that kind has been decided here.' : 'Nothing has been decided here yet.',
      );
    return 0;
  });
}

function isFiltered({ model, action, by, since }: ListOptions): boolean {
  return [model, action, by, since].some(each => each !== undefined);
}

async function readNewest(ledger: Ledger, options: ListOptions): Promise<readonly AuditEntry[]> {
  const limit = options.limit ?? 50;
  let newest: AuditEntry[] = [];
  let after = 0;
  for (;;) {
    const lines = await ledger.readAudit(after, 500);
    const last = lines.at(-1);
    if (last === undefined) return newest;
    after = last.entry.sequence;
    newest = [...newest, ...lines.map(({ entry }) => entry).filter(entry => isAsked(entry, options))].slice(-limit);
  }
}

function isAsked({ at, actor, action, subject }: AuditEntry, options: ListOptions): boolean {
  const { model, by, since } = options;
  if (since !== undefined && at < since) return false;
  if (options.action !== undefined && !action.startsWith(options.action)) return false;
  const person = (email: string) => ({ email, assurance: 'self-asserted' as const });
  if (by !== undefined && !isSamePerson(person(by), person(actor))) return false;
  return model === undefined || isAbout(subject, model);
}

/** A waiver is of several versions: `triage@1,2`. */
function isAbout(subject: string, name: string): boolean {
  const [model, version] = name.split('@');
  const [of, versions] = subject.split('@');
  return of === model && (version === undefined || (versions ?? '').split(',').includes(version));
}

function anchor(global: GlobalOptions): Promise<ExitCode> {
  return withGovernance(global, async ({ store, digest }, _folder, signal) => {
    const verification = await verifyAudit(store, digest, signal);
    if (!verification.intact) {
      throw new WorkbenchError('record-tampered', `${verification.sentence} A broken log is not anchored.`, {
        remedy: '`aiwb audit verify` shows what does not fit. Restore the store from a backup.',
      });
    }
    const head = await store.ledger.readAuditHead();
    if (head === undefined) {
      throw new WorkbenchError('record-not-found', 'The audit log is empty: there is nothing to anchor.');
    }
    print({ sequence: head.sequence, hash: head.hash }, `AI Workbench audit log ${writeAnchor(head)}`, global);
    if (global.json !== true) {
      printNote('Keep it where nobody can change it: `aiwb audit anchor | git tag --sign audit-DATE --file -`.');
      printNote('Later: `aiwb audit verify --anchor "$(git tag --list --format="%(contents)" audit-DATE)"`.');
    }
    return 0;
  });
}

function write(file: string, withContent: boolean, global: GlobalOptions): Promise<ExitCode> {
  return withGovernance(global, async ({ store, files }, _folder, signal) => {
    const target = path.resolve(file);
    await files.writePieces(
      target,
      exportAudit(store.ledger, () => withContent, signal),
    );
    print({ path: target }, `The audit log is in ${file}.`, global);
    return 0;
  });
}

/** The beginning of a day, UTC, in milliseconds since the epoch. */
function readDay(text: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
  if (!Number.isNaN(start) && describeDate(start) === text) return start;
  throw new WorkbenchError('usage', `"${text}" is no date.`, { remedy: 'Write it like 2027-03-31.' });
}
