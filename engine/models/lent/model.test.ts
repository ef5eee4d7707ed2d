import assert from 'node:assert/strict';
import type { LentReply, LentRequest } from '../../../schemas/generated/messages.ts';
import { createManualClock } from '../../../test/fakes/clock.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { LentDesk, LentState } from '../../ports/lent.ts';
import { openConnection } from '../connect.ts';
import type { ConnectContext } from '../connect-context.ts';
import { AnswerFailure, type Model, type Question } from '../model.ts';

/** A desk whose windows are the test. */
class FakeDesk implements LentDesk {
  readonly asked: LentRequest[] = [];
  readonly open = new Map<number, LentState>();
  failure: Error | undefined;

  ask(request: LentRequest): Promise<number> {
    this.asked.push(request);
    this.open.set(this.asked.length, { id: this.asked.length, taken: false });
    return Promise.resolve(this.asked.length);
  }
  read(ids: readonly number[]): Promise<readonly LentState[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(ids.flatMap(id => this.open.get(id) ?? []));
  }
  withdraw(ids: readonly number[]): Promise<void> {
    for (const id of ids) this.open.delete(id);
    return Promise.resolve();
  }
  take(id: number): void {
    this.open.set(id, { id, taken: true });
  }
  reply(id: number, reply: LentReply): void {
    this.open.set(id, { id, taken: true, reply });
  }
}

const question: Question = {
  input: 'x',
  messages: [
    { role: 'system', content: 'Answer in one word.' },
    { role: 'user', content: 'Which currency?' },
  ],
  parameters: { temperature: 0 },
  stream: true,
  timeout: 60_000,
};

describe('a model that VS Code lends', () => {
  const { signal } = new AbortController();
  let clock: ReturnType<typeof createManualClock>;
  let desk: FakeDesk;
  let model: Model;

  beforeEach(async () => {
    clock = createManualClock();
    desk = new FakeDesk();
    const ports = { clock, digest: createDigest(), random: () => 0 } as unknown as ConnectContext['ports'];
    const unused = {} as unknown as ConnectContext['runs'];
    model = await openConnection(
      { provider: 'vscode-lm', vendor: 'copilot', family: 'gpt-4o', parameters: { maxTokens: 5, temperature: 1 } },
      { name: 'house', folder: '/w', limits: { concurrency: 32 }, retries: 2, ports, runs: unused, lent: desk },
      signal,
    );
  });

  it('is asked without a system role, and claims neither latency nor exact tokens', async () => {
    const answering = model.answer(question, signal);
    await clock.advance(0);
    assert.deepEqual(desk.asked, [
      {
        connection: 'house',
        vendor: 'copilot',
        family: 'gpt-4o',
        messages: [{ role: 'user', text: 'Answer in one word.\n\nWhich currency?' }],
        parameters: { maxTokens: 5, temperature: 0 },
      },
    ]);
    desk.reply(1, { text: 'Euro', model: 'copilot/gpt-4o 2024' });
    await clock.advance(100);
    assert.deepEqual(await answering, {
      output: 'Euro',
      inputTokens: 9,
      outputTokens: 1,
      estimatedTokens: true,
      attempts: 1,
      fingerprint: 'copilot/gpt-4o 2024',
    });
    assert.equal(desk.open.size, 0);
    await clock.advance(100);
    assert.equal(clock.pending, 0);
  });

  it('has four questions out at most', async () => {
    const answering = Array.from({ length: 10 }, () => model.answer(question, signal));
    await clock.advance(0);
    assert.equal(desk.asked.length, 4);
    desk.reply(1, { text: 'a' });
    await clock.advance(200);
    assert.equal(desk.asked.length, 5);
    for (let id = 2; id <= 10; id++) {
      desk.reply(id, { text: 'a' });
      await clock.advance(200);
    }
    assert.equal((await Promise.all(answering)).length, 10);
  });

  it('waits for a window and says so, then ends the run at the deadline', async () => {
    const answering = assert.rejects(model.answer(question, signal), (error: unknown) => {
      assert.ok(error instanceof WorkbenchError);
      assert.equal(error.code, 'window-missing');
      assert.match(error.message, /no VS Code window lent it within 60 s/);
      assert.match(error.remedy ?? '', /resume the run/);
      return true;
    });
    await clock.advance(1_000);
    assert.equal(model.waitingFor, undefined);
    await clock.advance(1_000);
    assert.equal(model.waitingFor, 'window');
    desk.take(1);
    await clock.advance(200);
    assert.equal(model.waitingFor, undefined);
    // The window is closed: its lease runs out.
    desk.open.set(1, { id: 1, taken: false });
    await clock.advance(200);
    assert.equal(model.waitingFor, 'window');
    await clock.advance(60_000);
    await answering;
    assert.equal(desk.open.size, 0);
    await clock.advance(100);
    assert.equal(clock.pending, 0);
  });

  it('fails one question that its window does not answer in time', async () => {
    const answering = assert.rejects(
      model.answer(question, signal),
      (error: unknown) => error instanceof AnswerFailure && error.class === 'timeout',
    );
    await clock.advance(0);
    desk.take(1);
    await clock.advance(60_000);
    await answering;
  });

  it('asks again what was turned away, and not what was refused', async () => {
    const answering = model.answer(question, signal);
    await clock.advance(0);
    desk.reply(1, { failure: { class: 'rate-limit', message: 'Too many.' } });
    await clock.advance(200);
    assert.equal(desk.asked.length, 2);
    desk.reply(2, { text: 'Euro' });
    await clock.advance(200);
    assert.equal((await answering).attempts, 2);
    const refused = assert.rejects(
      model.answer(question, signal),
      (error: unknown) => error instanceof AnswerFailure && error.class === 'refused' && error.attempts === 1,
    );
    await clock.advance(0);
    desk.reply(3, { failure: { class: 'refused', message: 'Not allowed.', permanent: true } });
    await clock.advance(200);
    await refused;
  });

  it('withdraws what the run no longer wants', async () => {
    const stop = new AbortController();
    const answering = assert.rejects(model.answer(question, stop.signal), /stopped/);
    await clock.advance(0);
    stop.abort(new Error('stopped'));
    await answering;
    await clock.advance(0);
    assert.equal(desk.open.size, 0);
    await clock.advance(100);
    assert.equal(clock.pending, 0);
  });

  it('fails with the store, and with pictures', async () => {
    const answering = assert.rejects(model.answer(question, signal), /Unexpected failure: disk/);
    desk.failure = new Error('disk');
    await clock.advance(200);
    await answering;
    const media = { mediaType: 'image/png', bytes: new Uint8Array(), digest: '' };
    const messages = [{ role: 'user' as const, content: [{ type: 'image' as const, media }] }];
    await assert.rejects(model.answer({ ...question, messages }, signal), /asked in text; the row has image/);
  });
});
