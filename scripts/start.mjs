// The main job on a fresh machine: builds the command line and takes the sample workspace through the whole workflow, offline:
// benchmark, fine-tune and register, evaluate, assess, request approval.
import { spawnSync } from 'node:child_process';
import { runNode } from './node.mjs';

runNode('scripts/build.mjs');
useDemoIdentity();

step('Benchmark: what is there already?');
aiwb('run', 'examples/triage.bench.yaml', '--html', 'examples/reports/ticket-triage.html');
step('Fine-tune: clean tickets only, then three aspects; the second registers its best checkpoint');
aiwb('tune', 'examples/core.tune.yaml');
aiwb('tune', 'examples/ticket-triage.tune.yaml');
step('Evaluate: the candidate against the model that has only seen clean tickets');
for (const aspect of ['core', 'robustness', 'fairness']) {
  const report = `examples/reports/triage-${aspect}.html`;
  aiwb('run', `examples/evaluate-${aspect}.bench.yaml`, '--html', report);
}
step('Govern: assess the candidate by the policies of country, company and team');
aiwb(
  'assess',
  '--policy',
  'examples/policies/release.policy.yaml',
  '--html',
  'examples/reports/ticket-triage-scorecard.html',
);
step('Ask for approval');
aiwb('registry', 'request-approval', 'ticket-triage@candidate', '--comment', 'Holds up on noisy tickets now.');

console.log(`
Written: examples/reports/*.html (comparisons and scorecard), examples/scorecards/ticket-triage.scorecard.json
Approve as somebody else, then promote:
  GIT_AUTHOR_EMAIL=robin@reviewer.example npx aiwb registry approve ticket-triage@candidate --store examples/.aiwb
Open it all in VS Code:  npm run package && code --install-extension dist/ai-workbench.vsix && code examples
Then open the AI Workbench view in the activity bar: these runs and the model are already there.`);

function aiwb(...args) {
  const inExamples = args[0] === 'registry' ? ['--store', 'examples/.aiwb'] : [];
  runNode('dist/aiwb.mjs', ...args, ...inExamples);
}

function step(title) {
  console.log(`\n=== ${title}\n`);
}

/** Registering and assessing are done by somebody. On a machine where git has no identity yet, this run makes one up and says so. */
function useDemoIdentity() {
  if (process.env.GIT_AUTHOR_EMAIL) return;
  const { stdout, status } = spawnSync('git', ['config', 'user.email'], { encoding: 'utf8' });
  if (status === 0 && stdout.trim() !== '') return;
  process.env.GIT_AUTHOR_NAME = 'Ada Author';
  process.env.GIT_AUTHOR_EMAIL = 'ada@author.example';
  console.log('git has no user.email here: this run acts as "Ada Author <ada@author.example>".');
}
