/** A proposed control, before a person has seen it. */
export interface DraftControl {
  readonly id: string;
  readonly title: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  /** The words it comes from, as they stand in the text. */
  readonly quote: string;
  /** Where they stand, in UTF-16 code units of the text. */
  readonly start: number;
  /** The page they begin on; absent where the document has none. */
  readonly page?: number;
  /** Headings above it, from the outermost in. */
  readonly section: readonly string[];
  /** What leads up to the words where they are an item of a list. */
  readonly leadIn?: string;
  readonly checks: readonly DraftCheck[];
  /** Checks that need names or bars which only a person knows, as text of policy files; `ID` stands for the control's id. */
  readonly suggestions: readonly string[];
  /** Remarks for the person who edits it, a sentence each. */
  readonly remarks: readonly string[];
}

/** A check in the words of policy files, without its id. */
export type DraftCheck =
  | { readonly type: 'attestation'; readonly role: string; readonly statement: string }
  | { readonly type: 'document'; readonly question: string }
  | {
      readonly type: 'lineage';
      readonly require: readonly ('training-run' | 'license' | 'pii-review' | 'leakage-free')[];
    }
  | { readonly type: 'model-card'; readonly path: string };

/** Words as one line, without what Markdown marks them with. */
export function plainWords(text: string): string {
  return text
    .replace(/[*`]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
}
