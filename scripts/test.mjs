// The test command: builds what the tests use, then runs every unit and protocol test. `npm test -- --grep …` passes options on.
import process from 'node:process';
import { runNode } from './node.mjs';

runNode('scripts/build.mjs');
runNode('node_modules/mocha/bin/mocha.js', ...process.argv.slice(2));
