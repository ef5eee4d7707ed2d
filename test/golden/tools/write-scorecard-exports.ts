// Writes test/golden/scorecard-exports/: what our own exporters make of the assessment in test/fakes/scorecards.ts. Read the difference
// before you commit it: these files say what other programs are given. What reads them, and how, is in docs/verified.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { exportsOfSample } from '../scorecard-exports.ts';

const folder = new URL('../scorecard-exports/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of await exportsOfSample()) writeFileSync(new URL(name, folder), text);
