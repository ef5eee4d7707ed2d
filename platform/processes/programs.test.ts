import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WorkbenchError, type ErrorCode } from '../../engine/base/errors.ts';
import { joinCommand, splitCommand } from '../secrets/command.ts';
import { isAlive } from '../host/alive.ts';
import { environmentOfProgram } from './program-environment.ts';
import { createPrograms } from './programs.ts';

const never = new AbortController().signal;
const programs = createPrograms(() => true);
const withCode = (code: ErrorCode, words: RegExp) => (error: unknown) =>
  error instanceof WorkbenchError && error.code === code && words.test(error.message);

describe('programs', () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'aiwb-programs-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A command that runs this JavaScript text. */
  function script(text: string): readonly string[] {
    const file = path.join(folder, 'program.mjs');
    writeFileSync(file, text);
    return [process.execPath, file];
  }

  it('are refused until somebody allows exactly that command', async () => {
    const strict = createPrograms(command => command.join(' ') === 'node --version');
    for (const command of [['node', '--version', 'x'], ['node']]) {
      await assert.rejects(strict.run(command, { folder }, never), withCode('program-not-allowed', /wants to start/));
      await assert.rejects(strict.start(command, { folder }, never), withCode('program-not-allowed', /wants to start/));
    }
    assert.equal((await strict.run(['node', '--version'], { folder }, never)).status, 0);
  });

  it('run without a shell in their folder, with their input', async () => {
    const command = script(`import { text } from 'node:stream/consumers';
      console.log(JSON.stringify([process.cwd(), process.argv[2], await text(process.stdin)]));
      console.error('noted'); process.exit(3);`);
    const result = await programs.run([...command, '$HOME; `x` *'], { folder, input: 'in' }, never);
    assert.deepEqual(JSON.parse(result.output), [folder, '$HOME; `x` *', 'in']);
    assert.deepEqual([result.status, result.errors, result.timedOut], [3, 'noted\n', false]);
  });

  it('keep no more of an output than they may', async () => {
    const command = script(`process.stdout.write('x'.repeat(3_000_000)); process.stderr.write('y'.repeat(5000));`);
    const { output, errors } = await programs.run(command, { folder, limit: 1000 }, never);
    assert.deepEqual([output.length, errors.length], [1000, 1000]);
  });

  it('are told apart when they cannot be started', async () => {
    await assert.rejects(
      programs.run(['no-such-program-here'], { folder }, never),
      withCode('program-failed', /could not be started/),
    );
  });

  /** A program that starts another, prints that one's id and then waits, deaf to polite signals. */
  const parent = `import { spawn } from 'node:child_process';
    process.on('SIGTERM', () => {});
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    console.log(child.pid);
    setInterval(() => {}, 1000);`;

  it('are stopped after their time with everything they started', async () => {
    const result = await programs.run(script(parent), { folder, timeout: 700 }, never);
    assert.deepEqual([result.status, result.timedOut], [undefined, true]);
    await isGone(Number(result.output));
  });

  it('are stopped with everything they started when nobody wants them any more', async () => {
    const controller = new AbortController();
    const program = await programs.start(script(parent), { folder }, controller.signal);
    const lines = program.lines[Symbol.asyncIterator]();
    const child = Number((await lines.next()).value);
    assert.ok(isAlive(child));
    controller.abort(new Error('enough'));
    await assert.rejects(lines.next(), /enough/);
    await isGone(child);
  });

  it('that are closed and do not end are made to', async () => {
    const program = await programs.start(script(parent), { folder }, never);
    const child = Number((await program.lines[Symbol.asyncIterator]().next()).value);
    await program.close();
    await isGone(child);
  });

  describe('spoken to in lines', () => {
    it('answer line by line', async () => {
      const command = script(`import { createInterface } from 'node:readline';
        for await (const line of createInterface(process.stdin)) process.stdout.write(line.toUpperCase() + '\\r\\n');
        process.stdout.write('end');`);
      const program = await programs.start(command, { folder }, never);
      for (const line of ['one', 'zwölf', '']) await program.send(line);
      const closed = program.close();
      assert.deepEqual(await collect(program.lines), ['ONE', 'ZWÖLF', '', 'end']);
      await closed;
    });

    it('say how they broke, with the end of what they wrote', async () => {
      const command = script(
        `console.log('first'); console.error('a'.repeat(3000) + ' no such model'); process.exit(1);`,
      );
      const program = await programs.start(command, { folder }, never);
      const lines: string[] = [];
      const reading = (async () => {
        for await (const line of program.lines) lines.push(line);
      })();
      await assert.rejects(reading, withCode('program-failed', /ended with status 1\. It wrote: a+ no such model$/));
      assert.deepEqual(lines, ['first']);
      await assert.rejects(program.send('x'), withCode('program-failed', /ended with status 1/));
      await program.close();
    });

    it('are stopped at a line without an end', async () => {
      const command = script(
        `const piece = 'x'.repeat(1 << 20); const write = () => { while (process.stdout.write(piece)); process.stdout.once('drain', write); }; write();`,
      );
      const program = await programs.start(command, { folder }, never);
      await assert.rejects(collect(program.lines), withCode('program-failed', /line of more than 16 MB/));
      await program.close();
    });
  });

  it('get no credentials', () => {
    const kept = {
      PATH: '/bin',
      HOME: '/home/a',
      LANG: 'C.UTF-8',
      PYTHONPATH: 'src',
      VIRTUAL_ENV: '/v',
      CUDA_VISIBLE_DEVICES: '0',
      HF_HOME: '/hf',
      TOKENIZERS_PARALLELISM: 'false',
      PWD: '/work',
      HTTPS_PROXY: 'http://proxy:3128',
    };
    const dropped = {
      OPENAI_API_KEY: 'x',
      HF_TOKEN: 'x',
      AIWB_SECRET_GPT: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      DB_PASSWORD: 'x',
      MYSQL_PWD: 'x',
      GOOGLE_APPLICATION_CREDENTIALS: 'x',
      SSH_AUTH_SOCK: 'x',
      GITHUB_PAT: 'x',
      apikey: 'x',
      DATABASE_URL: 'postgres://me:pw@host/db',
      HTTP_PROXY: 'http://me:pw@proxy:3128',
      VSCODE_IPC_HOOK: 'x',
      ELECTRON_RUN_AS_NODE: '1',
    };
    assert.deepEqual(environmentOfProgram({ ...kept, ...dropped }), kept);
  });

  it('are written as a line that is read back the same', () => {
    for (const words of [['a'], ['a b', ''], [`"x' y`, 'C:\\a b\\', '\\'], ['$HOME', '*', 'ü']])
      assert.deepEqual(splitCommand(joinCommand(words)), words);
  });
});

async function isGone(pid: number): Promise<void> {
  assert.ok(pid > 1);
  for (let tries = 0; tries < 200 && isAlive(pid); tries += 1) await wait(25);
  assert.ok(!isAlive(pid), `${pid} still runs`);
}

async function collect(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
