import path from 'node:path';
import { Option, type Command } from 'commander';
import type { ScanGroup, ScanReport, ScanSource } from '../../schemas/generated/messages.ts';
import type { ExitCode } from '../../engine/base/errors.ts';
import { addScan, listScans } from '../../engine/evidence/add-scan.ts';
import { nameOfVersion } from '../../engine/base/version-name.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { countOf } from '../../engine/reports/format.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { layTable, printNote } from '../output.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { addEvidenceAnswers } from './evidence-answers.ts';
import { print, withGovernance, type Run } from './governed.ts';

interface AddOptions extends GlobalOptions {
  readonly source?: ScanSource;
  readonly target?: string;
}

const sources: readonly ScanSource[] = ['garak', 'promptfoo', 'sarif', 'json'];

export function addEvidence(program: Command, run: Run): void {
  const evidence = program.command('evidence');
  evidence
    .command('add')
    .description('Keep a scanner’s report; it counts from the next assessment on')
    .argument('<version>', 'MODEL@V')
    .argument('<file>', 'a garak …report.jsonl, promptfoo red-team results, a SARIF log or any JSON')
    .addOption(
      new Option('--source <kind>', 'what kind of report it is (default: told from the file)').choices(sources),
    )
    .option('--target <name>', 'the model in the report that is this version, where its name does not tell')
    .action((name: string, file: string, options: AddOptions, command: Command) =>
      run(() => add(name, file, { ...options, ...globalOptions(command) })),
    );
  evidence
    .command('list')
    .description('The reports about a version, newest first')
    .argument('<version>', 'MODEL@V')
    .action((name: string, _options: unknown, command: Command) => run(() => list(name, globalOptions(command))));
  addEvidenceAnswers(evidence, run);
}

function add(name: string, file: string, options: AddOptions): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  const { source, target } = options;
  return withGovernance(options, async (ports, folder, signal) => {
    const step = {
      model,
      version,
      folder,
      path: path.resolve(file),
      ...(source === undefined ? {} : { source }),
      ...(target === undefined ? {} : { target }),
    };
    const { scan, isNew } = await addScan(step, ports, signal);
    print(scan, describe(scan), options);
    printNote(isNew ? 'It counts from the next assessment on.' : 'It was there already.');
    for (const note of [scan.doubt, ...(scan.notes ?? [])]) if (note !== undefined) printNote(note);
    return 0;
  });
}

function list(name: string, options: GlobalOptions): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  return withGovernance(options, async (ports, _folder, signal) => {
    const found = await ports.store.registry.getVersion(model, version, signal);
    const scans = await listScans(found, ports);
    const header = ['Report', 'Tool', 'Collected', 'Found', 'Added by', 'About'].map(text => ({ text }));
    const rows = scans.map(scan => [
      { text: scan.name },
      { text: scan.tool },
      { text: describeDate(scan.collectedAt) },
      { text: wordFound(scan) },
      { text: scan.addedBy.email },
      { text: scan.target ?? '' },
    ]);
    if (scans.length > 0 || options.json === true)
      print({ scans }, layTable(header, rows, ['Report', 'About']), options);
    else printNote(`There are no reports about ${nameOfVersion(found)} here.`);
    return 0;
  });
}

function describe(scan: ScanReport): string {
  const head = `${scan.tool}, ${scan.name}: ${wordFound(scan)} (collected ${describeDate(scan.collectedAt)})`;
  const about = scan.target === undefined ? [] : [`  about ${scan.target}`];
  const found = scan.groups.filter(({ hits }) => hits > 0).slice(0, 10);
  return [head, ...about, ...found.map(group => `  ${wordGroup(group)}`)].join('\n');
}

function wordFound({ source, groups }: ScanReport): string {
  if (source === 'json') return 'figures are looked up when a policy asks';
  const hits = groups.reduce((sum, group) => sum + group.hits, 0);
  if (source === 'sarif') return countOf(hits, 'finding');
  return `${countOf(groups.filter(group => group.hits > 0).length, 'heading')} of ${String(groups.length)} with hits`;
}

function wordGroup({ probe, detector, plugin, strategy, rule, level, hits, attempts }: ScanGroup): string {
  const heading = [probe, detector, plugin, strategy, rule, level].filter(part => part !== undefined).join(', ');
  return `${heading}: ${attempts === 0 ? String(hits) : `${String(hits)} of ${String(attempts)}`}`;
}
