// The test command: builds what the tests use, then runs every unit and protocol test, several files at a time.
// What follows `--` goes to mocha, but for test files, which are then the only ones, and `--jobs N`, how many processes.
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { root, runNode } from './node.mjs';

const mocha = 'node_modules/mocha/bin/mocha.js';
/** Files of one process: few enough that all cores are busy until the end, many enough that starting costs little. */
const batchSize = 12;

const { extension, spec, ignore, timeout } = JSON.parse(readFileSync(path.join(root, '.mocharc.json'), 'utf8'));
const { files, jobs, options } = readArguments(process.argv.slice(2));

// Hundreds of tests start the same programs: what V8 has compiled once need not be compiled by each.
process.env['NODE_COMPILE_CACHE'] ??= path.join(root, '.artifacts', 'compile-cache');

runNode('scripts/build.mjs');
if (jobs === 1) runNode(mocha, '--no-config', ...options, ...files);
else process.exit(await runBatches());

function readArguments(given) {
  const own = [...given];
  const at = own.indexOf('--jobs');
  const [, asked] = at === -1 ? [] : own.splice(at, 2);
  const count = asked === undefined ? Math.min(4, os.availableParallelism() + 1) : Number(asked);
  if (!Number.isInteger(count) || count < 1) {
    console.error(`--jobs takes a whole number from 1, not "${asked ?? ''}".`);
    process.exit(2);
  }
  const named = own.filter(word => word.endsWith('.test.ts'));
  const limits = ['--forbid-only', '--timeout', String(timeout)];
  return {
    // Those that start programs and browsers stand last in the list and take longest: they begin.
    files: named.length > 0 ? named : spec.toReversed().flatMap(findFiles),
    jobs: count,
    options: [...extension.flatMap(name => ['--extension', name]), ...limits, ...own.filter(w => !named.includes(w))],
  };
}

function findFiles(pattern) {
  return globSync(pattern, { cwd: root, exclude: ignore }).sort();
}

/** Each batch shows its tests once it has ended; the failures of all stand at the end again. Resolves to the exit code. */
async function runBatches() {
  const batches = [];
  for (let at = 0; at < files.length; at += batchSize) batches.push(files.slice(at, at + batchSize));
  const total = { passing: 0, failing: 0, pending: 0 };
  const failures = [];
  let broken = 0;
  let next = 0;
  const work = async () => {
    while (next < batches.length) {
      const number = ++next;
      const { status, output } = await runMocha(batches[number - 1]);
      console.log(`\n=== ${number} of ${batches.length}: ${describeFiles(batches[number - 1])}`);
      console.log(output.trim());
      for (const word of Object.keys(total)) total[word] += Number(output.match(countOf(word))?.[1] ?? 0);
      const from = output.search(countOf('failing'));
      if (from !== -1) failures.push(output.slice(from).trim());
      if (status !== 0) broken += 1;
      if (status !== 0 && from === -1) failures.push(`${describeFiles(batches[number - 1])}: ended with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  if (failures.length > 0)
    console.log(`\n=== failures\n${failures.join('\n\n').replaceAll(/^( *)(\d+ failing)$/gm, '$1of these: $2')}`);
  console.log(`\nAll: ${total.passing} passing, ${total.failing} failing, ${total.pending} pending`);
  return broken === 0 ? 0 : 1;
}

/** Mocha's own count of a kind, on a line that may carry colours and a duration. */
function countOf(word) {
  return new RegExp(String.raw`^(?:\u001b\[[\d;]*m|\s)*(\d+) ${word}`, 'm');
}

function describeFiles(batch) {
  return batch.length === 1 ? batch[0] : `${batch[0]} … ${batch.at(-1)}`;
}

async function runMocha(batch) {
  const colour = process.stdout.isTTY ? ['--color'] : [];
  const child = spawn(process.execPath, [path.join(root, mocha), '--no-config', ...colour, ...options, ...batch], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = [];
  child.stdout.on('data', chunk => chunks.push(chunk));
  child.stderr.on('data', chunk => chunks.push(chunk));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ status: code ?? signal, output: Buffer.concat(chunks).toString() });
    });
  });
}
