import type { RunState } from '../../../schemas/generated/messages.ts';
import { formatSeconds } from '../../reports/format.ts';
import type { Machine, Machines } from './machine.ts';

type Type = Machines['type'];

const products: Readonly<Record<Type, string>> = {
  runpod: 'RunPod',
  denvr: 'Denvr',
  'azure-ml': 'Azure ML',
  ray: 'Ray',
};

/** What a machine is called on its platform. */
const nouns: Readonly<Record<Type, string>> = { runpod: 'pod', denvr: 'application', 'azure-ml': 'job', ray: 'job' };

export function productOf(type: Type): string {
  return products[type];
}

export function nounOf(type: Type): string {
  return nouns[type];
}

/** What is going on while a machine boots, in the user's words: `Waiting for RunPod to start a pod, 40 s`. */
export function bootPhase(type: Type, state: RunState, seconds: number): string {
  const noun = nounOf(type);
  const time = formatSeconds(seconds);
  if (state === 'running') return `Waiting for the trainer to start on the ${noun}, ${time}`;
  const article = /^[aeiou]/.test(noun) ? 'an' : 'a';
  return `Waiting for ${productOf(type)} to start ${article} ${noun}, ${time}`;
}

/** Why a machine is there no more, as much as is known. */
export function endWords(type: Type, machine: Machine | undefined): string {
  const noun = nounOf(type);
  if (machine === undefined) return `${productOf(type)} no longer knows the ${noun}`;
  const reason = machine.reason === undefined ? '' : `: ${machine.reason}`;
  return `${productOf(type)} says of the ${noun} "${machine.raw}"${reason}`;
}
