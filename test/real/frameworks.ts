import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parse } from 'yaml';
import { parseDocument } from '../../engine/documents/parse.ts';
import { importFramework } from '../../engine/frameworks/import/import-framework.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import type { Checks } from './main.ts';
import { Unavailable } from './server.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Imports what MITRE and NIST publish, whole. The files are theirs and not part of this repository: the environment variables
 * AIWB_ATLAS_YAML and AIWB_OSCAL_CATALOGUE name them.
 */
export async function checkFrameworks({ check }: Checks): Promise<void> {
  const atlas = process.env['AIWB_ATLAS_YAML'];
  const catalogue = process.env['AIWB_OSCAL_CATALOGUE'];
  if (atlas === undefined && catalogue === undefined)
    throw new Unavailable('AIWB_ATLAS_YAML and AIWB_OSCAL_CATALOGUE name no files');
  if (atlas !== undefined)
    await check(`ATLAS data comes in whole: ${atlas}`, () =>
      checkWhole(atlas, countAtlas(parse(readFileSync(atlas, 'utf8'), { logLevel: 'error' }) as Fields)),
    );
  if (catalogue !== undefined)
    await check(`an OSCAL catalogue comes in whole: ${catalogue}`, () =>
      checkWhole(
        catalogue,
        countControls((JSON.parse(readFileSync(catalogue, 'utf8')) as { catalog: Fields }).catalog),
      ),
    );
}

/** What is imported has as many ids as the source, and is a file without errors. */
async function checkWhole(path: string, expected: number): Promise<void> {
  const ports = { files: createFiles(), digest: createDigest(), clock: Date };
  const { definition, text } = await importFramework({ path }, ports, new AbortController().signal);
  const { title, version, entries, retired = [] } = definition;
  assert.equal(entries.length + retired.length, expected);
  assert.deepEqual(parseDocument('framework', text).diagnostics, []);
  console.log(`   ${title} ${version}: ${String(entries.length)} ids and ${String(retired.length)} retired`);
}

function countAtlas(root: Fields): number {
  const matrices = (root['matrices'] ?? [root]) as readonly Fields[];
  return matrices
    .flatMap(matrix => ['tactics', 'techniques', 'mitigations'].map(kind => Object.keys(matrix[kind] ?? {}).length))
    .reduce((sum, count) => sum + count, 0);
}

function countControls(holder: Fields): number {
  const inner = (kind: string): readonly Fields[] => (holder[kind] ?? []) as readonly Fields[];
  const sum = (holders: readonly Fields[]): number => holders.reduce((count, each) => count + countControls(each), 0);
  return inner('controls').length + sum(inner('controls')) + sum(inner('groups'));
}
