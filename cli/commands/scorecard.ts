import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { readAnchor } from '../../engine/audit/anchor.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { BundleCheck, BundleFiles } from '../../engine/bundle/parts.ts';
import { verifyBundle } from '../../engine/bundle/verify.ts';
import { writeBundle } from '../../engine/bundle/write.ts';
import { readZip } from '../../engine/bundle/zip.ts';
import { readScorecardFile, viewScorecard } from '../../engine/governance/scorecard.ts';
import { listAssessments } from '../../engine/governance/view.ts';
import type { GovernancePorts } from '../../engine/ports/governance.ts';
import { createHost, readVerifier } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printResult } from '../output.ts';
import { readFiles } from '../proof/read-files.ts';
import { bundleTools } from '../proof/tools.ts';
import { readVouchedKeys } from '../trust.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';
import { addScorecardShow } from './scorecard-show.ts';

interface VerifyOptions {
  readonly key?: readonly string[];
  readonly requireSigned?: boolean;
  readonly anchor?: string;
}

interface BundleOptions {
  readonly output: string;
  readonly withEvidence?: boolean;
}

/** Scorecard files and proof bundles: made here, verified anywhere. */
export function addScorecard(program: Command, run: Run): void {
  const scorecard = program.command('scorecard');
  addScorecardShow(scorecard, run);
  scorecard
    .command('verify')
    .description('Whether a scorecard file or a proof bundle still is what was recorded; exit code 1 when not')
    .argument('<path>', 'a *.scorecard.json file, or a proof bundle: its folder or .zip file')
    .option('--key <key>', 'public key that counts: `ed25519:…` or a file that holds it (may be repeated)', collect)
    .option('--require-signed', 'also exit 1 unless it is signed with a key that is vouched for')
    .option('--anchor <anchor>', 'of a bundle: an entry of the audit log that was kept elsewhere, SEQUENCE:HASH')
    .action((given: string, options: VerifyOptions, command: Command) =>
      run(() => verify(path.resolve(given), options, globalOptions(command))),
    );
  scorecard
    .command('bundle')
    .description('Write all that proves an assessment, with a verifier that runs without the workbench')
    .argument('<assessment>', 'id of an assessment, or MODEL@V for its newest')
    .requiredOption('-o, --output <path>', 'a .zip file, or a folder that does not exist yet')
    .option('--with-evidence', "the evidence's own bytes too, as far as they are in the store")
    .action((name: string, options: BundleOptions, command: Command) =>
      run(() => bundle(name, options, globalOptions(command))),
    );
  scorecard
    .command('verifier')
    .description('Print the verifier of proof bundles: one file for Node 20 or later')
    .action(() =>
      run(async () => {
        printResult(await readVerifier());
        return 0;
      }),
    );
}

async function verify(given: string, options: VerifyOptions, global: GlobalOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    const signers = await readVouchedKeys(options.key ?? [], host, signal);
    const packed = readBundle(given);
    if (packed !== undefined) {
      const anchor = options.anchor === undefined ? {} : { anchor: readAnchor(options.anchor) };
      if (options.requireSigned === true && signers.length === 0) throw nobodyVouched();
      const counted = options.requireSigned === true || (options.key ?? []).length > 0 ? signers : [];
      return tellBundle(verifyBundle(packed, { signers: counted, ...anchor }, bundleTools), global);
    }
    const { digest, signing } = host;
    const scorecard = await readScorecardFile(given, host.files, signal);
    const { verification, signature } = viewScorecard(scorecard, digest, { signers, digest, signing });
    const { subject, gate } = scorecard.record;
    const whole = verification.state === 'verified' && signature?.state !== 'invalid';
    const lines = [
      `${whole ? 'Verified' : 'TAMPERED'}: ${verification.sentence}`,
      `${subject.model}@${subject.version}, ${gate.sentence}`,
      `Digest in the file   ${scorecard.digest}`,
      `Digest of the record ${verification.computedDigest ?? 'none'}`,
      `Signature            ${signature?.sentence ?? 'None: who assessed it is self-asserted.'}`,
    ];
    print({ ...verification, ...(signature === undefined ? {} : { signature }) }, lines.join('\n'), global);
    return whole && (options.requireSigned !== true || signature?.state === 'valid') ? 0 : 1;
  } finally {
    interrupts.dispose();
  }
}

function nobodyVouched(): WorkbenchError {
  return new WorkbenchError('usage', 'Nobody vouches for a key here, so nothing could count as signed.', {
    remedy: 'Give one with --key, or list `signers` in workbench.yaml.',
  });
}

/** A bundle's files; undefined for anything but a folder or an archive. Throws `file-not-found`, `file-invalid`. */
function readBundle(given: string): BundleFiles | undefined {
  const facts = statSync(given, { throwIfNoEntry: false });
  if (facts === undefined) throw new WorkbenchError('file-not-found', `There is no ${given}.`);
  if (facts.isDirectory()) return readFiles(given);
  if (!given.toLowerCase().endsWith('.zip')) return undefined;
  const files = readZip(readFileSync(given), given);
  return new Map([...files].map(([name, content]) => [name.replace(/^proof\//, ''), content]));
}

function tellBundle(checks: readonly BundleCheck[], global: GlobalOptions): ExitCode {
  const holds = checks.every(({ result }) => result !== 'failed');
  const marks = { ok: pc.green('✓'), failed: pc.red('✗'), note: pc.yellow('·') };
  const lines = checks.map(({ result, sentence }) => `  ${marks[result]} ${sentence}`);
  const told = holds ? 'The proof bundle holds.' : 'The proof bundle does NOT hold.';
  print({ holds, checks }, [told, ...lines].join('\n'), global);
  return holds ? 0 : 1;
}

function bundle(name: string, options: BundleOptions, global: GlobalOptions): Promise<ExitCode> {
  return withGovernance(global, async (ports, folder, signal) => {
    const assessmentId = name.includes('@') ? await newestOf(name, ports, signal) : name;
    const target = path.resolve(options.output);
    const request = { assessmentId, folder, withEvidence: options.withEvidence === true, path: target };
    const written = await writeBundle(request, readVerifier, ports, signal);
    const told = `${String(written.files)} files are in ${options.output}. Verify them anywhere: \`node verify.mjs\`, or \`aiwb scorecard verify ${options.output}\`.`;
    print(written, told, global);
    return 0;
  });
}

async function newestOf(name: string, ports: GovernancePorts, signal: AbortSignal): Promise<string> {
  const { model, version } = requireLocalVersion(name);
  const found = await ports.store.registry.getVersion(model, version, signal);
  const [newest] = await listAssessments({ model, version: found.version }, ports);
  if (newest !== undefined) return newest.id;
  throw new WorkbenchError('record-not-found', `${name} has not been assessed.`, {
    remedy: `Assess it first: \`aiwb assess ${name} --policy FILE\`.`,
  });
}
