/** One labelled training row. */
export interface LabelledText {
  readonly text: string;
  readonly label: string;
}
