// Imports whole public sources and prints what came in: `node test/real/import-frameworks.mjs FILE…`, or the files that the environment
// variables AIWB_ATLAS_YAML and AIWB_OSCAL_CATALOGUE name. They are the publishers' own and not part of this repository.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../dist/aiwb.mjs');
const given = process.argv.slice(2);
const named = [process.env.AIWB_ATLAS_YAML, process.env.AIWB_OSCAL_CATALOGUE].filter(file => file !== undefined);
const sources = given.length > 0 ? given : named;
if (sources.length === 0) {
  console.error('Name ATLAS.yaml files or OSCAL catalogues.');
  process.exit(2);
}

/** What the source itself has, counted without the importer. */
function countSource(file) {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.json')) {
    const count = holder =>
      (holder.controls ?? []).reduce((sum, control) => sum + 1 + count(control), 0) +
      (holder.groups ?? []).reduce((sum, group) => sum + count(group), 0);
    return count(JSON.parse(text).catalog);
  }
  const root = parse(text, { logLevel: 'error' });
  const kinds = ['tactics', 'techniques', 'mitigations'];
  const size = value => (Array.isArray(value) ? value.length : Object.keys(value ?? {}).length);
  return (root.matrices ?? [root]).reduce(
    (sum, matrix) => sum + kinds.reduce((all, kind) => all + size(matrix[kind]), 0),
    0,
  );
}

let isWhole = true;
for (const source of sources) {
  const folder = mkdtempSync(path.join(tmpdir(), 'aiwb-real-'));
  try {
    writeFileSync(path.join(folder, 'workbench.yaml'), 'connections: {}\n');
    const aiwb = (...args) => spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
    const started = performance.now();
    const imported = aiwb('frameworks', 'import', path.resolve(source), '--json');
    const took = Math.round(performance.now() - started);
    if (imported.status !== 0) throw new Error(imported.stderr);
    const { path: file, title, version, entries, retired } = JSON.parse(imported.stdout);
    const valid = aiwb('validate', file);
    const expected = countSource(source);
    const agrees = entries + retired === expected && valid.status === 0;
    isWhole &&= agrees;
    console.log(
      `${agrees ? 'whole' : 'NOT WHOLE'}: ${title} ${version}: ${entries} ids, ${retired} retired, of ${expected}; ${took} ms; validate ${valid.status}`,
    );
    if (valid.stdout !== '') console.log(valid.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = isWhole ? 0 : 1;
