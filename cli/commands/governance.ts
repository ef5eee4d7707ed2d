import type { Command } from 'commander';
import type { Waiver } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { listAttestations } from '../../engine/promotion/attestations.ts';
import { approvalsNeeded, approversOf } from '../../engine/promotion/waiver-state.ts';
import { attestControl } from '../../engine/promotion/attest.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { describePerson } from '../../engine/people/describe-person.ts';
import { personCell } from '../../engine/reports/person-cell.ts';
import { approveWaiver, endWaiver, listWaivers, requestWaiver } from '../../engine/promotion/waivers.ts';
import { withdrawAttestation } from '../../engine/promotion/withdraw.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printNote } from '../output.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';
import { noteUnknownControl } from './waiver-note.ts';

interface WaiverOptions {
  readonly reason: string;
  readonly until: string;
  readonly instead?: readonly string[];
}

export function addGovernance(program: Command, run: Run): void {
  const attestations = program
    .command('attest')
    .argument('<version>', 'MODEL@V')
    .argument('<control>', 'id of the control')
    .option('--comment <text>', 'kept with the statement')
    .action((name: string, control: string, options: { readonly comment?: string }, command: Command) =>
      run(() => attest(name, control, options.comment, globalOptions(command))),
    );
  attestations
    .command('withdraw')
    .description('Take an attestation back: by whoever made it, or an approver. From then on it counts nowhere')
    .argument('<attestation>', 'its id, or the beginning of it')
    .requiredOption('--reason <text>', 'why; kept with the record')
    .action((id: string, { reason }: { readonly reason: string }, command: Command) =>
      run(() => withdraw(id, reason, globalOptions(command))),
    );
  attestations
    .command('list')
    .description('Attestations of a version that count, newest first')
    .argument('<version>', 'MODEL@V')
    .action((name: string, _options: unknown, command: Command) =>
      run(() => showAttestations(name, globalOptions(command))),
    );
  addWaivers(program.command('waiver'), run);
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
    .command('end')
    .description('End a waiver before its time; from then on it counts nowhere')
    .argument('<waiver>', 'its id, or the beginning of it')
    .requiredOption('--reason <text>', 'why; kept with the record')
    .action((id: string, { reason }: { readonly reason: string }, command: Command) =>
      run(() => end(id, reason, globalOptions(command))),
    );
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

function withdraw(attestationId: string, reason: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const attestation = await withdrawAttestation({ attestationId, reason, folder }, ports, signal);
    const { id, control, model, version } = attestation;
    print(attestation, `The attestation ${id} of ${control} for ${model}@${version} counts no more.`, options);
    return 0;
  });
}

function showAttestations(name: string, options: GlobalOptions): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  return withGovernance(options, async (ports, folder, signal) => {
    const attestations = await listAttestations({ model, version, folder }, ports, signal);
    const header = ['Attestation', 'Control', 'Role', 'By', 'On'].map(text => ({ text }));
    const rows = attestations.map(({ id, control, role, by, at }) => [
      { text: id },
      { text: control },
      { text: role },
      personCell(by),
      { text: describeDate(at) },
    ]);
    if (rows.length > 0 || options.json === true)
      print({ attestations }, layTable(header, rows, ['Role', 'By']), options);
    else printNote(`Nothing is attested of ${name}.`);
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
    const note = await noteUnknownControl(waiver, ports.store);
    if (note !== undefined) printNote(note);
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

function end(waiverId: string, reason: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const waiver = await endWaiver({ waiverId, reason, folder }, ports, signal);
    print(waiver, `The waiver ${waiver.id} of ${waiver.control} has ended.`, options);
    return 0;
  });
}

function list(options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const waivers = await listWaivers(ports, folder, signal);
    const header = ['Waiver', 'Control', 'Versions', 'Standing', 'Requested by', 'Reason'].map(text => ({ text }));
    const rows = waivers.map(waiver => [
      { text: waiver.id },
      { text: waiver.control },
      { text: waiver.versions.map(version => `${waiver.model}@${version}`).join(', ') },
      { text: standingOf(waiver, ports.clock.now()) },
      personCell(waiver.requestedBy),
      { text: waiver.reason.replace(/\s+/g, ' ').slice(0, 60) },
    ]);
    if (waivers.length > 0 || options.json === true)
      print({ waivers }, layTable(header, rows, ['Requested by', 'Reason']), options);
    else printNote('There are no waivers here.');
    return 0;
  });
}

/** `in force until 2027-03-31`, `1 of 2 approvals`, `ended on 2026-01-31`. */
function standingOf(waiver: Waiver, now: number): string {
  if (waiver.ended !== undefined) return `ended on ${describeDate(waiver.ended.at)}`;
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
