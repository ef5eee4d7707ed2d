import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { validateCycloneDx, validateSarif } from '../fakes/published-schemas.ts';
import { readXml } from '../fakes/xml-reader.ts';
import { copyExamples, root } from './aiwb.ts';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface GithubJob {
  readonly env: Readonly<Record<string, string>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface GitlabJob {
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly artifacts: { readonly when: string; readonly reports: Readonly<Record<string, string>> };
}

const text = (name: string): string => readFileSync(path.join(root, 'examples/ci', name), 'utf8');

/** What a shell makes of a script's lines that call `aiwb`, in one form. */
function callsOf(script: string): readonly string[] {
  const lines = script.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines.map(line => line.trim().replaceAll(/\s+/g, ' ')).filter(line => line.startsWith('aiwb '));
}

describe('the workflows for CI', function () {
  this.timeout(300_000);
  const github = parse(text('github-governance.yml')) as {
    readonly permissions: Readonly<Record<string, string>>;
    readonly jobs: { readonly assess: GithubJob };
  };
  const { assess } = github.jobs;
  const { assess: gitlab } = parse(text('gitlab-governance.yml')) as { readonly assess: GitlabJob };
  const ours = assess.steps.filter(({ name, run }) => run !== undefined && name !== 'Install aiwb');
  let workspace: ReturnType<typeof copyExamples>;
  before(() => {
    workspace = copyExamples();
  });
  after(() => {
    workspace.remove();
  });

  it('ask for no right they do not need, and name each action with its major version', () => {
    assert.deepEqual(github.permissions, { contents: 'read' });
    assert.deepEqual(assess.permissions, { contents: 'read', 'security-events': 'write' });
    for (const { uses } of assess.steps) if (uses !== undefined) assert.match(uses, /^[\w-]+\/[\w/-]+@v\d+$/);
    const upload = assess.steps.find(({ uses }) => uses?.startsWith('github/codeql-action/upload-sarif@') === true);
    assert.match(upload?.if ?? '', /^always\(\)/);
  });

  it('call the same commands on both hosts', () => {
    const onGithub = ours.flatMap(({ run = '' }) => callsOf(run));
    assert.ok(onGithub.length >= 7);
    assert.deepEqual(gitlab.script.flatMap(callsOf), onGithub);
    assert.equal(gitlab.script.flatMap(callsOf).length, gitlab.script.length);
    assert.equal(gitlab.artifacts.when, 'always');
  });

  it('run in the sample workspace, step by step, and leave what they say they leave', () => {
    const programs = path.join(workspace.folder, '.programs');
    mkdirSync(programs);
    symlinkSync(path.join(root, 'dist/aiwb.mjs'), path.join(programs, 'aiwb'));
    const summary = path.join(workspace.folder, 'summary.md');
    const env = {
      ...process.env,
      ...assess.env,
      NO_COLOR: '1',
      PATH: [programs, path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter),
      GITHUB_STEP_SUMMARY: summary,
      XDG_CONFIG_HOME: path.join(workspace.folder, '.config'),
    };
    for (const { name, run = '' } of ours) {
      const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', run], {
        cwd: workspace.folder,
        env,
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${name ?? ''}\n${stdout}\n${stderr}`);
    }
    const read = (file: string): string => readFileSync(path.join(workspace.folder, 'reports', file), 'utf8');
    assert.match(readFileSync(summary, 'utf8'), /gate passed/);
    assert.deepEqual(validateSarif(JSON.parse(read('scorecard.sarif'))), []);
    assert.deepEqual(validateCycloneDx('1.6')(JSON.parse(read('scorecard.cdx.json'))), []);
    for (const name of ['core', 'robustness', 'fairness', 'scorecard']) readXml(read(`${name}.junit.xml`));
    const named = JSON.stringify([gitlab.script, assess.steps]).match(/reports\/[\w.-]+/g) ?? [];
    for (const file of new Set(named)) assert.ok(read(file.slice('reports/'.length)).length > 0, file);
  });
});
