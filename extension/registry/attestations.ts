import type { AssessmentRecord } from '../../schemas/generated/messages.ts';

/** A control that a person attests, with the statement that is to be made next. */
export interface AttestableControl {
  readonly id: string;
  readonly title: string;
  readonly role: string;
  readonly statement: string;
  /** False when everything was stated and still counts. */
  readonly isOpen: boolean;
}

/** Controls of an assessment that ask for an attestation, open ones first. Of several statements, the first open one is next. */
export function attestableControls({ controls }: Pick<AssessmentRecord, 'controls'>): AttestableControl[] {
  return controls
    .flatMap(({ id, title, checks }) => {
      const asked = checks.flatMap(({ attest, state }) => (attest === undefined ? [] : [{ attest, state }]));
      const open = asked.find(({ state }) => state !== 'pass');
      const next = open ?? asked[0];
      return next === undefined ? [] : [{ id, title, ...next.attest, isOpen: open !== undefined }];
    })
    .sort((a, b) => Number(b.isOpen) - Number(a.isOpen));
}
