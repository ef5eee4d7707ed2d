import { addressStep } from './address-step.ts';
import type { Asker } from './ask.ts';
import type { ConnectDesk } from './desk.ts';
import { detailsStep } from './details-step.ts';
import type { Draft } from './draft.ts';
import type { Step } from './flow.ts';
import { keyStep, keyValueStep } from './key-steps.ts';
import { modelStep } from './model-step.ts';
import { nameStep } from './name-step.ts';
import { priceStep, priceValueStep } from './price-steps.ts';
import { providerStep } from './provider-step.ts';
import { testStep } from './test-step.ts';

/** What is asked for a connection, in its order. */
export function connectSteps(asker: Asker, desk: ConnectDesk): readonly Step<Draft>[] {
  return [
    providerStep(asker, desk),
    addressStep(asker),
    keyStep(asker, desk),
    keyValueStep(asker, desk),
    modelStep(asker, desk),
    detailsStep(asker, desk),
    testStep(asker, desk),
    priceStep(asker),
    priceValueStep(asker),
    nameStep(asker, desk),
  ];
}
