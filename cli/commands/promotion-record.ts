import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { signedPromotion } from '../../engine/promotion/promotion-record.ts';
import { verifyPromotion, type PromotionTrust } from '../../engine/signing/verify-promotion.ts';
import { digestRecord } from '../../schemas/verify-scorecard.ts';
import { validateScorecard } from '../../schemas/generated/validators.js';
import type { PromotionVerification } from '../../schemas/generated/messages.ts';
import { createHost, type Host } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { addOutput, collect, globalOptions, type GlobalOptions } from '../options.ts';
import { readVouchedKeys } from '../trust.ts';
import { requireLocalVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';

interface VerifyOptions {
  readonly key?: readonly string[];
  readonly weights?: string;
  readonly scorecard?: string;
}

/** Signed promotion records: written here, verified anywhere. */
export function addPromotionRecords(registry: Command, run: Run): void {
  const record = registry
    .command('record')
    .description("A version's signed promotion record (DSSE, in-toto), to be verified elsewhere")
    .argument('<version>', 'MODEL@V');
  addOutput(record, '<file>', 'write to this file instead of the standard output').action(
    (version: string, { output }: { readonly output?: string }, command: Command) =>
      run(() => writeRecord(version, output, globalOptions(command))),
  );
  registry
    .command('verify')
    .description('Verify a promotion record; needs no store. Exit 1 unless it holds and its signer is vouched for')
    .argument('<file>', 'the record')
    .option('--key <key>', 'public key that counts: `ed25519:…` or a file that holds it (may be repeated)', collect)
    .option('--weights <file>', 'hold it against these weights')
    .option('--scorecard <file>', 'hold it against this scorecard')
    .action((file: string, options: VerifyOptions, command: Command) =>
      run(() => verify(file, options, globalOptions(command))),
    );
}

function writeRecord(name: string, out: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  const { model, version } = requireLocalVersion(name);
  return withGovernance(options, async (ports, _folder, signal) => {
    const { envelope, promotion } = await signedPromotion({ model, version }, ports, signal);
    const text = `${JSON.stringify(envelope, undefined, 2)}\n`;
    if (out === undefined) print(envelope, text.trimEnd(), options);
    else {
      await ports.files.writeText(path.resolve(out), text);
      print({ path: path.resolve(out) }, `The record of ${model}@${promotion.version} is in ${out}.`, options);
    }
    return 0;
  });
}

async function verify(file: string, options: VerifyOptions, global: GlobalOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  try {
    const { signal } = interrupts;
    const text = await host.files.readText(path.resolve(file), signal);
    const trust = await readTrust(options, host, signal);
    const verification = verifyPromotion(text, trust, host);
    print(verification, render(verification), global);
    return verification.state === 'valid' ? 0 : 1;
  } finally {
    interrupts.dispose();
  }
}

async function readTrust(
  { key = [], weights, scorecard }: VerifyOptions,
  host: Host,
  signal: AbortSignal,
): Promise<PromotionTrust> {
  return {
    keys: await readVouchedKeys(key, host, signal),
    ...(weights === undefined ? {} : { weightsDigest: await digestFile(weights, host, signal) }),
    ...(scorecard === undefined ? {} : { recordDigest: await digestScorecard(scorecard, host) }),
  };
}

async function digestFile(file: string, { files, digest }: Host, signal: AbortSignal): Promise<string> {
  const sum = digest.startSha256();
  for await (const piece of files.stream(path.resolve(file), signal)) sum.update(piece);
  return sum.hex();
}

async function digestScorecard(file: string, { digest }: Host): Promise<string> {
  const card = parse(await readFile(path.resolve(file), 'utf8'));
  if (validateScorecard(card)) return digestRecord(card.record, text => digest.sha256(text));
  throw new WorkbenchError('file-invalid', `${file} is no scorecard.`, { place: { path: file } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function render({ state, sentence, checks, keyId, statement }: PromotionVerification): string {
  const mark =
    state === 'valid' ? pc.green('valid') : state === 'invalid' ? pc.red('invalid') : pc.yellow('unknown signer');
  const lines = checks.map(({ ok, sentence: said }) => `  ${ok ? pc.green('✓') : pc.red('✗')} ${said}`);
  const signer = statement?.predicate.signer;
  const key =
    signer === undefined
      ? []
      : [`  key ${signer.publicKey} (${keyId?.slice(0, 16) ?? ''}…) of ${signer.identity.email}`];
  return [`${mark}: ${sentence}`, ...lines, ...key].join('\n');
}
