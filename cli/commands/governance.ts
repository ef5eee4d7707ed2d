import type { Command } from 'commander';
import type { AuditEntry, Waiver } from '../../schemas/generated/messages.ts';
import { verifyAudit } from '../../engine/audit/verify.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { approvalsNeeded, approversOf } from '../../engine/governance/waivers.ts';
import type { Ledger } from '../../engine/ports/ledger.ts';
import { attestControl } from '../../engine/promotion/attest.ts';
import { describeDate, describePerson } from '../../engine/promotion/version.ts';
import { approveWaiver, listWaivers, requestWaiver } from '../../engine/promotion/waivers.ts';
import { renderTable } from '../../engine/reports/table.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printNote } from '../output.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';

interface WaiverOptions {
  readonly reason: string;
  readonly until: string;
  readonly instead?: readonly string[];
}

export function addGovernance(program: Command, run: Run): void {
  program
    .command('attest')
    .description(
      'Make the statement a control asks for; not by author or trainer. It counts from the next assessment on',
    )
    .argument('<version>', 'MODEL@V')
    .argument('<control>', 'id of the control')
    .option('--comment <text>', 'kept with the statement')
    .action((name: string, control: string, options: { readonly comment?: string }, command: Command) =>
      run(() => attest(name, control, options.comment, globalOptions(command))),
    );
  addWaivers(program.command('waiver').description('Let the gate pass over a control for a time'), run);
  const audit = program.command('audit').description('The log of everything that was decided');
  audit
    .command('verify')
    .description('Whether log, records and registry are what was written; exit code 1 when not')
    .action((_options: unknown, command: Command) => run(() => verify(globalOptions(command))));
  audit
    .command('list')
    .description('Entries of the log, oldest first')
    .option('-n, --limit <count>', 'the newest so many (default: 50)', readCount)
    .action((options: { readonly limit?: number }, command: Command) =>
      run(() => listAudit(options.limit ?? 50, globalOptions(command))),
    );
}

function addWaivers(waiver: Command, run: Run): void {
  waiver
    .command('request')
    .description('Ask for a waiver of one control; it counts once two others have approved it')
    .argument('<control>', 'id of the control')
    .argument('<version...>', 'MODEL@V, all of one model')
    .requiredOption('--reason <text>', 'why the control may be passed over')
    .requiredOption('--until <date>', 'the day it expires, such as 2027-03-31; at most a year away')
    .option('--instead <text>', 'what is done in its place (may be repeated)', collect)
    .action((control: string, names: readonly string[], options: WaiverOptions, command: Command) =>
      run(() => request(control, names, options, globalOptions(command))),
    );
  waiver
    .command('approve')
    .description('Approve a waiver; not by its requester, and by nobody twice')
    .argument('<waiver>', 'its id, or the beginning of it')
    .action((id: string, _options: unknown, command: Command) => run(() => approveOne(id, globalOptions(command))));
  waiver
    .command('list')
    .description('Waivers, newest first')
    .action((_options: unknown, command: Command) => run(() => list(globalOptions(command))));
}

function attest(name: string, control: string, comment: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  return withGovernance(options, async (ports, folder, signal) => {
    const step = { model, version, control, folder, ...(comment === undefined ? {} : { comment }) };
    const attestation = await attestControl(step, ports, signal);
    const { by, role, statement } = attestation;
    const told = `${describePerson(by)}, as ${role}, states: ${statement}\nIt counts from the next assessment on.`;
    print(attestation, told, options);
    return 0;
  });
}

function request(
  control: string,
  names: readonly string[],
  { reason, until, instead }: WaiverOptions,
  options: GlobalOptions,
): Promise<ExitCode> {
  const versions = names.map(requireLocalVersion);
  const models = [...new Set(versions.map(({ model }) => model))];
  const [model, ...others] = models;
  if (model === undefined || others.length > 0) {
    throw new WorkbenchError('usage', `A waiver is for versions of one model, not of ${models.join(' and ')}.`, {
      remedy: 'Ask for one waiver a model.',
    });
  }
  return withGovernance(options, async (ports, folder, signal) => {
    const waiver = await requestWaiver(
      {
        model,
        versions: versions.map(({ version }) => version),
        control,
        reason,
        expiresAt: readDay(until),
        folder,
        ...(instead === undefined ? {} : { compensatingControls: instead }),
      },
      ports,
      signal,
    );
    print(waiver, `Waiver ${waiver.id} is asked for. It counts once two others have approved it.`, options);
    return 0;
  });
}

function approveOne(waiverId: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const waiver = await approveWaiver({ waiverId, folder }, ports, signal);
    print(waiver, `Waiver ${waiver.id}: ${standingOf(waiver, ports.clock.now())}.`, options);
    return 0;
  });
}

function list(options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ports => {
    const waivers = await listWaivers(ports);
    const header = ['Waiver', 'Control', 'Versions', 'Standing', 'Requested by', 'Reason'].map(text => ({ text }));
    const rows = waivers.map(waiver => [
      { text: waiver.id },
      { text: waiver.control },
      { text: waiver.versions.map(version => `${waiver.model}@${version}`).join(', ') },
      { text: standingOf(waiver, ports.clock.now()) },
      { text: describePerson(waiver.requestedBy) },
      { text: waiver.reason.replace(/\s+/g, ' ').slice(0, 60) },
    ]);
    if (waivers.length > 0 || options.json === true) print({ waivers }, renderTable(header, rows).join('\n'), options);
    else printNote('There are no waivers here.');
    return 0;
  });
}

/** `in force until 2027-03-31`, `1 of 2 approvals`, `expired on 2026-01-31`. */
function standingOf(waiver: Waiver, now: number): string {
  const expiry = describeDate(waiver.expiresAt);
  if (waiver.expiresAt <= now) return `expired on ${expiry}`;
  const given = approversOf(waiver, now).length;
  return given >= approvalsNeeded
    ? `in force until ${expiry}`
    : `${String(given)} of ${String(approvalsNeeded)} approvals`;
}

/** The end of a day, UTC, in milliseconds since the epoch. */
function readDay(text: string): number {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Number.NaN;
  // Some days exist only on paper: JavaScript reads 31 February as a day of March.
  if (!Number.isNaN(end) && describeDate(end) === text) return end;
  throw new WorkbenchError('usage', `"${text}" is no date.`, { remedy: 'Write it like 2027-03-31.' });
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new WorkbenchError('usage', `"${text}" is no number of entries.`, { remedy: 'Give a whole number above 0.' });
}

function verify(options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store, digest }, _folder, signal) => {
    const verification = await verifyAudit(store, digest, signal);
    const { sentence, head, faults, intact } = verification;
    const lines = [
      sentence,
      ...(head === undefined ? [] : [`Head: ${head}`]),
      ...faults.map(
        fault => `${fault.sequence === 0 ? 'no entry' : `entry ${String(fault.sequence)}`}: ${fault.sentence}`,
      ),
    ];
    print(verification, lines.join('\n'), options);
    return intact ? 0 : 1;
  });
}

function listAudit(limit: number, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store }) => {
    const entries = await readNewest(store.ledger, limit);
    const header = ['Entry', 'When (UTC)', 'Who (self-asserted)', 'What', 'Of'].map(text => ({ text }));
    const rows = entries.map(({ sequence, at, actor, action, subject }) => [
      { text: String(sequence), align: 'right' as const },
      { text: new Date(at).toISOString().slice(0, 19).replace('T', ' ') },
      { text: actor },
      { text: action },
      { text: subject },
    ]);
    if (entries.length > 0 || options.json === true) print({ entries }, renderTable(header, rows).join('\n'), options);
    else printNote('Nothing has been decided here yet.');
    return 0;
  });
}

async function readNewest(ledger: Ledger, limit: number): Promise<readonly AuditEntry[]> {
  let newest: AuditEntry[] = [];
  for (;;) {
    const lines = await ledger.readAudit(newest.at(-1)?.sequence ?? 0, 500);
    if (lines.length === 0) return newest;
    newest = [...newest, ...lines.map(({ entry }) => entry)].slice(-limit);
  }
}
