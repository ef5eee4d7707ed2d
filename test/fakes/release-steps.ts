import type { ErrorCode } from '../../engine/base/errors.ts';
import { approve, requestApproval } from '../../engine/promotion/approval.ts';
import { lockBaseline } from '../../engine/promotion/baseline.ts';
import { promote } from '../../engine/promotion/promote.ts';
import type { LocalVersion } from '../../engine/ports/registry.ts';
import { day, failedGate } from './evidence.ts';
import { signal, type Governed } from './governed.ts';

/** Everything that can be done to a version, by somebody. */
export type Deed =
  | 'measure'
  | 'measure some rows'
  | 'measure, gate met'
  | 'measure, gate not met'
  | 'assess'
  | 'assess, gate failed'
  | 'assess, other weights'
  | 'wait a month'
  | 'request'
  | 'approve'
  | 'baseline'
  | 'promote';

export interface Step {
  readonly by?: string;
  readonly do: Deed;
  /** The step is refused so. */
  readonly fails?: ErrorCode;
  readonly message?: RegExp;
}

export const ready: readonly Step[] = [{ do: 'measure, gate met' }, { by: 'assessor', do: 'assess' }];
export const requested: readonly Step[] = [...ready, { by: 'requester', do: 'request' }];
export const approved: readonly Step[] = [...requested, { by: 'approver', do: 'approve' }];
/** Takes one step under its own identity. */
export async function takeStep(
  world: Governed,
  { by = 'somebody', do: deed }: Step,
  subject: LocalVersion,
): Promise<unknown> {
  world.act(by);
  const step = { model: subject.model, version: subject.version, folder: world.folder };
  switch (deed) {
    case 'measure':
      return world.measure([subject]);
    case 'measure some rows':
      return world.measure([subject], { limit: 10 });
    case 'measure, gate met':
      return world.measure([subject], { gate: 'met' });
    case 'measure, gate not met':
      return world.measure([subject], { gate: 'not-met' });
    case 'assess':
      return world.assess(subject);
    case 'assess, gate failed':
      return world.assess(subject, { gate: failedGate });
    case 'assess, other weights':
      return world.assess({ ...subject, weightsDigest: 'f'.repeat(64) });
    case 'wait a month':
      world.clock.advance(31 * day);
      return undefined;
    case 'request':
      return requestApproval(step, world.ports, signal);
    case 'approve':
      return approve(step, world.ports, signal);
    case 'baseline':
      return lockBaseline(step, world.ports, signal);
    case 'promote':
      return promote(step, world.ports, signal);
  }
}

export async function takeSteps(world: Governed, steps: readonly Step[], subject: LocalVersion): Promise<void> {
  for (const step of steps) await takeStep(world, step, subject);
}
