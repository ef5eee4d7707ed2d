import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from 'vscode-languageserver';
import { parseDocument } from 'yaml';
import { documentKinds, languageIds } from '../../engine/documents/kinds.ts';
import { generateFile } from '../fakes/large-files.ts';
import { createSeeded } from '../fakes/seeded.ts';
import { positionAt, startServerProcess, type ServerProcess } from './lsp-client.ts';
import { aiwbFlags, inFolder, median, root } from './measure.ts';
import { preparePeer } from './peers.ts';

const peerVersion = '2.0.0';
/** Milliseconds of silence after an edit that each server waits for before it sends findings by itself. */
const peerPatience = 200;
const ownPatience = 100;

type BenchKind = 'bench' | 'policy';

/** One keystroke: what is replaced by what, and whether a finding stands at it afterwards. */
interface Keystroke {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  readonly makesFinding: boolean;
}

/** Edits, completion and hover beside yaml-language-server and a bare parse; then a workspace of 1,000 files. */
export async function benchLanguageServer(edits: number): Promise<void> {
  const peer = preparePeer('yaml-language-server', peerVersion);
  for (const kind of ['bench', 'policy'] as const)
    for (const lines of [200, 2_000]) await inFolder(folder => benchEdits(kind, lines, edits, folder, peer));
  await inFolder(folder => benchWorkspace(folder, 1_000));
}

async function benchEdits(kind: BenchKind, lines: number, edits: number, folder: string, peer: string): Promise<void> {
  writeNeighbours(folder);
  let text = kind === 'bench' ? writeBenchmark(lines) : generateFile('policy', lines, createSeeded(1));
  const uri = pathToFileURL(path.join(folder, `large.${kind}.yaml`)).href;
  const own = await startOwn(folder);
  const other = await startPeer(folder, peer);
  try {
    const before = {
      own: await openIn(own, uri, languageIds[kind], text),
      other: await openIn(other, uri, 'yaml', text),
    };
    const times = { own: [] as number[], other: [] as number[], bare: [] as number[] };
    let broken = 0;
    for (let edit = 0; edit < edits; edit += 1) {
      const { offset, length, text: typed, makesFinding } = chooseKeystroke(kind, text, edit, broken);
      broken = offset;
      const range = { start: positionAt(text, offset), end: positionAt(text, offset + length) };
      text = text.slice(0, offset) + typed + text.slice(offset + length);
      const ownEdit = await own.edit(uri, range, typed);
      const otherEdit = await other.edit(uri, range, typed);
      const start = performance.now();
      parseDocument(text);
      times.bare.push(performance.now() - start);
      times.own.push(ownEdit.ms);
      times.other.push(otherEdit.ms);
      expectFindings('aiwb', ownEdit.findings, before.own, makesFinding);
      expectFindings('yaml-language-server', otherEdit.findings, before.other, makesFinding);
    }
    const patience = own.capabilities.diagnosticProvider === undefined ? ownPatience : 0;
    report(`${kind}, ${text.split('\n').length} lines, ${edits} edits`, times, patience, before);
    await benchQuestions(own, other, uri, kind, text, 30);
  } finally {
    await own.stop();
    await other.stop();
  }
}

interface Times {
  readonly own: readonly number[];
  readonly other: readonly number[];
  readonly bare: readonly number[];
}

function report(
  title: string,
  { own, other, bare }: Times,
  patience: number,
  findings: { readonly own: number; readonly other: number },
): void {
  const rest = median(own) - patience;
  const peerRest = median(other) - peerPatience;
  console.log(
    `Findings after a keystroke, ${title} (without it aiwb has ${findings.own} findings, the peer ${findings.other}):`,
  );
  console.log(`  one bare parse by yaml         ${describe(bare)}`);
  console.log(`  aiwb lsp                       ${describe(own)}; of that it waits ${patience} ms for silence`);
  console.log(
    `  yaml-language-server ${peerVersion}     ${describe(other)}; of that it waits ${peerPatience} ms for silence`,
  );
  console.log(
    `  aiwb / bare parse ${ratio(rest, median(bare))} without its wait (promise: at most 1.5), ${ratio(median(own), median(bare))} with it`,
  );
  console.log(
    `  yaml-language-server / aiwb ${ratio(peerRest, rest)} without the waits (promise: at least 3), ${ratio(median(other), median(own))} with them`,
  );
}

async function benchQuestions(
  own: ServerProcess,
  other: ServerProcess,
  uri: string,
  kind: BenchKind,
  text: string,
  rounds: number,
): Promise<void> {
  const word = kind === 'bench' ? 'metric: ' : 'severity: ';
  for (const question of ['completion', 'hover'] as const) {
    const times = { own: [] as number[], other: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const at = text.indexOf(word, Math.floor(text.length * (0.3 + (0.4 * round) / rounds)));
      const position = positionAt(text, question === 'hover' ? at + 2 : at + word.length);
      const ask = async (server: ServerProcess): Promise<number> => {
        const start = performance.now();
        const answer = await server.request(`textDocument/${question}`, { textDocument: { uri }, position });
        if (answer === null) throw new Error(`No ${question} at ${JSON.stringify(position)}.`);
        return performance.now() - start;
      };
      times.own.push(await ask(own));
      times.other.push(await ask(other));
    }
    console.log(
      `  ${question}: aiwb ${describe(times.own)}; yaml-language-server ${describe(times.other)}; promise: median under 20 ms`,
    );
  }
}

/**
 * Types letters into words in the middle of the file; every third edit breaks a value, and the next mends it. `broken` is where the one
 * before broke one.
 */
function chooseKeystroke(kind: BenchKind, text: string, edit: number, broken: number): Keystroke {
  const middle = Math.floor(text.length / 2);
  const step = edit % 3;
  if (step === 2) return { offset: broken, length: 1, text: '', makesFinding: false };
  if (step === 1) {
    const value = kind === 'bench' ? 'atLeast: 0' : 'severity: ';
    const offset = text.indexOf(value, middle) + value.length;
    return { offset, length: 0, text: 'q', makesFinding: true };
  }
  const offset = text.indexOf(kind === 'bench' ? '# Condition' : 'title: ', middle) + 9;
  return { offset, length: 0, text: String.fromCharCode(97 + (edit % 26)), makesFinding: false };
}

/** Proves that an answer is for the newest text. */
function expectFindings(server: string, found: readonly Diagnostic[], before: number, more: boolean): void {
  if (found.length > before === more) return;
  const messages = found.map(({ message }) => (typeof message === 'string' ? message : message.value)).join('; ');
  throw new Error(`${server} tells ${found.length} findings after ${before} at first: ${messages}`);
}

/** Time until a workspace just opened is known whole, and what the server holds then. */
async function benchWorkspace(folder: string, files: number): Promise<void> {
  writeNeighbours(folder);
  const random = createSeeded(2);
  for (let index = 0; index < files; index += 1) {
    const kind = documentKinds.filter(one => one !== 'workbench' && one !== 'framework')[index % 4] ?? 'bench';
    const below = path.join(folder, `team-${index % 50}`);
    mkdirSync(below, { recursive: true });
    const text = generateFile(kind, 30, random).replace(/^(name|id): \w+/, `$1: file-${index}`);
    writeFileSync(path.join(below, `file-${index}.${kind}.${kind === 'prompt' ? 'yml' : 'yaml'}`), text);
  }
  const text = generateFile('policy', 30, random);
  const uri = pathToFileURL(path.join(folder, 'open.policy.yaml')).href;
  const start = performance.now();
  const own = await startOwn(folder);
  try {
    const started = performance.now() - start;
    const first = own.firstFindings.bind(own);
    own.open(uri, languageIds.policy, text);
    const findings = await first(uri);
    const opened = performance.now() - start;
    console.log(
      `Workspace of ${files} files: the server has started in ${started.toFixed(0)} ms; ${findings.length} findings of a policy, checked against the others, ${(opened - started).toFixed(0)} ms later`,
    );
    if (own.capabilities.workspaceSymbolProvider !== undefined) {
      const symbols = (await own.request('workspace/symbol', { query: '' })) as readonly unknown[] | null;
      const indexed = performance.now() - start;
      console.log(
        `  ${symbols?.length ?? 0} workspace symbols after ${(indexed - started).toFixed(0)} ms; promise: 3,000 ms`,
      );
    }
    const position = positionAt(text, text.indexOf('title: ') + 9);
    const { ms } = await own.edit(uri, { start: position, end: position }, 'x');
    const patience = own.capabilities.diagnosticProvider === undefined ? ownPatience : 0;
    const { now, peak } = own.memory();
    console.log(`  findings after a keystroke then: ${(ms - patience).toFixed(1)} ms and a wait of ${patience} ms`);
    console.log(`  resident memory ${now.toFixed(0)} MB, at its highest ${peak.toFixed(0)} MB; promise: under 200 MB`);
  } finally {
    await own.stop();
  }
}

function startOwn(folder: string): Promise<ServerProcess> {
  const args = [...aiwbFlags, path.join(root, 'dist', 'aiwb.mjs'), 'lsp', '--stdio'];
  return startServerProcess({ args, folder, settings: { aiWorkbench: {} } });
}

/** The same schemas, and everything it can do that is measured here turned on; no schema from anywhere else. */
function startPeer(folder: string, main: string): Promise<ServerProcess> {
  const schema = (kind: BenchKind): string =>
    pathToFileURL(path.join(root, 'schemas', 'files', `${kind}.schema.json`)).href;
  const yaml = {
    schemas: { [schema('bench')]: '*.bench.yaml', [schema('policy')]: '*.policy.yaml' },
    schemaStore: { enable: false },
    validate: true,
    hover: true,
    completion: true,
  };
  return startServerProcess({ args: [main, '--stdio'], folder, settings: { yaml } });
}

async function openIn(server: ServerProcess, uri: string, languageId: string, text: string): Promise<number> {
  const found = server.capabilities.diagnosticProvider === undefined ? server.firstFindings(uri) : undefined;
  server.open(uri, languageId, text);
  return (await (found ?? server.firstFindings(uri))).length;
}

/** What the files under test name, so that there is nothing to find in them. */
function writeNeighbours(folder: string): void {
  writeFileSync(path.join(folder, 'd.csv'), 'text,label\na,x\nb,y\n');
  writeFileSync(
    path.join(folder, 'workbench.yaml'),
    'connections:\n  gpt: {provider: openai, model: gpt-4o, price: {input: 2.5, output: 10}}\n',
  );
  writeFileSync(
    path.join(folder, 'triage.bench.yaml'),
    'name: triage\ndataset: {path: d.csv, input: text, target: label}\nmodels: [gpt]\nmetrics: [accuracy]\n',
  );
}

/** A benchmark that many conditions judge. */
function writeBenchmark(lines: number): string {
  const head =
    'name: large\ndataset: {path: d.csv, input: text, target: label}\nmodels: [gpt]\nmetrics:\n  - accuracy\ngate:\n';
  const condition = (index: number): string =>
    `  # Condition number ${index}.\n  - metric: accuracy\n    model: gpt\n    atLeast: 0.${String(index).padStart(3, '0')}\n`;
  return head + Array.from({ length: Math.floor(lines / 4) }, (_, index) => condition(index)).join('');
}

function describe(times: readonly number[]): string {
  const sorted = [...times].sort((one, other) => one - other);
  return `median ${median(times).toFixed(1)} ms, p95 ${(sorted[Math.floor(0.95 * (sorted.length - 1))] ?? Number.NaN).toFixed(1)} ms`;
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(2);
}
