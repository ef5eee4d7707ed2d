import assert from 'node:assert/strict';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { approved, requested, takeStep, takeSteps, type Deed, type Step } from '../../test/fakes/release-steps.ts';
import { verifyAudit } from '../audit/verify.ts';
import { WorkbenchError } from '../base/errors.ts';

describe('a store that was edited', () => {
  let world: Governed;
  beforeEach(async () => (world = await openGoverned()));
  afterEach(() => world.close());

  const unseal = (): void => {
    for (const name of ['audit_log_never_changes', 'ledger_never_changes']) world.edit(`DROP TRIGGER ${name}`);
  };
  const forgeries: readonly [what: string, steps: readonly Step[], forge: () => void, then: Deed][] = [
    [
      'an assessment whose gate was made to pass',
      [{ do: 'measure' }, { by: 'assessor', do: 'assess, gate failed' }],
      () =>
        world.edit(`UPDATE audit_payloads SET payload = replace(payload, '"outcome":"failed"', '"outcome":"passed"')`),
      'request',
    ],
    [
      'an assessment that was changed after the request',
      requested,
      () => world.edit(`UPDATE audit_payloads SET payload = replace(payload, 'Right often enough', 'Perfect')`),
      'approve',
    ],
    [
      'a request made over to another requester',
      requested,
      () =>
        world.edit(`UPDATE audit_payloads SET payload = replace(payload, 'requester@x.example', 'nobody@x.example')`),
      'approve',
    ],
    [
      'an approval made over to another approver',
      approved,
      () => world.edit(`UPDATE audit_payloads SET payload = replace(payload, 'approver@x.example', 'boss@x.example')`),
      'promote',
    ],
    [
      'an assessment that was moved to another version',
      [{ do: 'measure' }],
      () => {
        unseal();
        world.edit(`UPDATE ledger SET version = '1' WHERE kind = 'assessment'`);
      },
      'request',
    ],
    [
      'an entry of the log with another actor',
      approved,
      () => {
        unseal();
        world.edit(`UPDATE audit_log SET actor = 'boss@x.example' WHERE action = 'version.approved'`);
      },
      'promote',
    ],
    [
      'a status that nobody gave',
      approved,
      () => world.edit(`UPDATE model_versions SET status = 'baseline' WHERE version = 1`),
      'promote',
    ],
    [
      'an alias that nobody moved',
      approved,
      () =>
        world.edit(
          `UPDATE model_aliases SET version = 2 WHERE alias = 'candidate' AND version = 2 OR alias = 'approved'`,
        ),
      'promote',
    ],
    [
      'another author',
      approved,
      () => world.edit(`UPDATE model_versions SET details = replace(details, 'author@x.example', 'other@x.example')`),
      'promote',
    ],
    [
      'another figure',
      approved,
      () => world.edit(`UPDATE artifacts SET content = replace(content, '0.8', '0.9') WHERE type = 'metric'`),
      'promote',
    ],
  ];
  for (const [what, steps, forge, then] of forgeries) {
    it(`rests on nothing once the store holds ${what}`, async () => {
      const subject = await world.register('w1');
      const other = await world.register('w2');
      world.act('assessor');
      await world.assess(other);
      await takeSteps(world, steps, subject);
      forge();
      const audit = await verifyAudit(world.ports.store, world.ports.digest, signal);
      assert.equal(audit.intact, false);
      assert.ok(
        audit.faults.length > 0 && audit.faults.every(({ sequence, sentence }) => sequence > 0 && sentence !== ''),
      );
      await assert.rejects(takeStep(world, { by: 'fresh', do: then }, subject), (error: unknown) => {
        assert.ok(error instanceof WorkbenchError && error.code === 'record-tampered', String(error));
        return true;
      });
    });
  }
});
