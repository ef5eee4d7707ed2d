import type { Connection } from '../../schemas/generated/files.ts';
import type { ServiceModel } from '../../schemas/generated/messages.ts';
import { parametersOf, priceOf } from '../models/connections.ts';
import type { RecordedRuns } from '../models/connect-context.ts';
import { AnswerFailure, type Model, type Question } from '../models/model.ts';
import type { LentDesk } from '../ports/lent.ts';
import { Budget } from '../models/budget.ts';
import { costOf, estimateCost } from '../models/cost.ts';
import { readLimits } from '../documents/limits.ts';
import { openConnected } from '../runs/models.ts';
import { askedFor } from '../runs/plan.ts';
import type { RunPorts } from '../runs/ports.ts';
import { connectionNamed } from '../workspace/workspace.ts';
import type { AskedRow, JobAnswers } from './platform.ts';
import type { TuningPlan } from './plan.ts';

export interface AskContext {
  readonly plan: TuningPlan;
  readonly ports: RunPorts;
  readonly runs: RecordedRuns;
  readonly lent: LentDesk;
  /** US dollars that the run has spent before. */
  readonly spent: number;
  /** US dollars that asking has cost so far. */
  readonly onCost: (dollars: number) => void;
}

/** A model's answers to all test rows, or why it has none. */
export interface Asked {
  readonly answers?: JobAnswers;
  readonly note?: string;
}

/** Asks a service's model all test rows. */
export type AskModel = (model: ServiceModel, context: AskContext, signal: AbortSignal) => Promise<Asked>;

/** A model that has failed so often and never answered is not there. */
const failuresInARow = 10;

/**
 * Asks a model that a service keeps the test rows of all aspects, through its connection with that connection's limits, retries and price,
 * within the run's budget. A row without an answer is undefined; a model that answers nothing has no answers but a note, such as one that
 * must be deployed first. Throws what opening the connection throws, and `budget-exceeded`.
 */
export const askService: AskModel = async ({ connection: name, model: id }, context, signal) => {
  const { plan, ports, runs, lent, spent } = context;
  const connection = askedFor(connectionNamed(plan.workspace, name), id);
  const limits = { ...readLimits({}), budget: plan.budget };
  const open = await openConnected(
    { name, kind: 'connection', connection },
    { limits, workspace: plan.workspace },
    ports,
    runs,
    lent,
    signal,
  );
  const budget = new Budget(plan.budget);
  budget.charge(spent);
  try {
    const asker = new Asker(open.model, connection, budget, limits.timeout, context);
    return await asker.askAll(open.concurrency, signal);
  } finally {
    await open.model.close();
  }
};

class Asker {
  readonly #model: Model;
  readonly #connection: Connection;
  readonly #budget: Budget;
  readonly #timeout: number;
  readonly #context: AskContext;
  #cost = 0;
  #answered = 0;
  #failed = 0;
  #lastFailure: string | undefined;

  constructor(model: Model, connection: Connection, budget: Budget, timeout: number, context: AskContext) {
    this.#model = model;
    this.#connection = connection;
    this.#budget = budget;
    this.#timeout = timeout;
    this.#context = context;
  }

  async askAll(concurrency: number, signal: AbortSignal): Promise<Asked> {
    const answers: Record<string, (string | undefined)[]> = {};
    const tasks: { readonly aspect: string; readonly position: number; readonly row: AskedRow }[] = [];
    for (const { name, test } of this.#context.plan.aspects) {
      answers[name] = new Array<string | undefined>(test.length).fill(undefined);
      for (const [position, row] of test.entries()) tasks.push({ aspect: name, position, row });
    }
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < tasks.length && !this.#isSilent) {
        const task = tasks[next++];
        if (task === undefined) return;
        const own = answers[task.aspect];
        if (own !== undefined) own[task.position] = await this.#ask(task.row, signal);
        signal.throwIfAborted();
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
    if (this.#answered > 0) return { answers };
    return { note: this.#lastFailure ?? 'It gave no answer.' };
  }

  get #isSilent(): boolean {
    return this.#answered === 0 && this.#failed >= failuresInARow;
  }

  async #ask(row: AskedRow, signal: AbortSignal): Promise<string | undefined> {
    const question = this.#question(row);
    const price = priceOf(this.#connection);
    const characters = (row.messages ?? [{ content: row.text }]).reduce((sum, { content }) => sum + content.length, 0);
    const estimate = estimateCost(characters, question.parameters.maxTokens, price);
    const room = this.#budget.reserve(estimate);
    if (room !== undefined) await room;
    let cost: number | undefined;
    try {
      const answer = await this.#model.answer(question, signal);
      cost = costOf(answer, price);
      this.#answered += 1;
      return answer.output;
    } catch (error) {
      if (!(error instanceof AnswerFailure)) throw error;
      this.#failed += 1;
      this.#lastFailure = error.message;
      return undefined;
    } finally {
      this.#budget.settle(estimate, cost ?? 0);
      this.#cost += cost ?? 0;
      if (this.#cost > 0) this.#context.onCost(this.#cost);
    }
  }

  /** What a row asks is what it asked while the model was trained. */
  #question({ text, messages }: AskedRow): Question {
    const { job } = this.#context.plan;
    const parameters = { maxTokens: job.evaluation?.maxTokens ?? 256, ...parametersOf(this.#connection) };
    return {
      input: text,
      messages: messages ?? [{ role: 'user', content: text }],
      parameters,
      stream: false,
      timeout: this.#timeout,
    };
  }
}
