/** Something that is not as it was sealed. */
export interface AuditFault {
  /** The entry's; 0 where no entry seals it at all. */
  readonly sequence: number;
  readonly sentence: string;
}
