import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createIngestWorld } from '../fakes/ingest.ts';
import type { Checks } from './main.ts';
import { pythonWith, runScript } from './server.ts';

const packages = [
  'gguf==0.19.0',
  'h5py==3.16.0',
  'joblib==1.6.0',
  'model-signing==1.1.1',
  'numpy==2.4.6',
  'onnx==1.23.2',
  'pyopenssl==26.4.0',
  'safetensors==0.8.0',
  'scikit-learn==1.9.1',
];

interface Expected {
  readonly verdict: string;
  readonly rule?: string;
  readonly signature?: string;
}

/** Takes in models that the usual libraries wrote, and one that the reference implementation signed. */
export async function checkIngestion({ check }: Checks): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-ingestion-'));
  const world = await createIngestWorld();
  try {
    runScript(pythonWith('ingestion', packages), 'ingestion_models.py', path.join(folder, 'models'));
    const text = readFileSync(path.join(folder, 'models', 'expected.json'), 'utf8');
    for (const [name, expected] of Object.entries(JSON.parse(text) as Readonly<Record<string, Expected>>)) {
      await check(`ingestion of ${name}`, async () => {
        const source = path.join(folder, 'models', name);
        const key = path.join(folder, 'models', 'key.pub');
        const ended = await world.ingest({ source, model: name, ...(expected.signature === undefined ? {} : { key }) });
        assert.equal(ended.verdict, expected.verdict, JSON.stringify(ended.findings, undefined, 2));
        if (expected.rule !== undefined) assert.ok(ended.findings.some(({ rule }) => rule === expected.rule));
        if (expected.signature !== undefined) assert.equal(ended.signature?.state, expected.signature);
      });
    }
  } finally {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
