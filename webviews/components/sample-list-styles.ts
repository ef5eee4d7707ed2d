import { css } from 'lit';

/** Rows of one height, so that a row's place is known without drawing it. */
export const sampleListStyles = css`
  .count {
    margin-bottom: 4px;
  }
  .samples {
    height: min(60vh, 520px);
    border: 1px solid var(--aiwb-line);
    overflow-anchor: none;
  }
  table {
    table-layout: fixed;
    width: 100%;
    min-width: 720px;
  }
  .id {
    width: 104px;
  }
  .result {
    width: 88px;
  }
  .model {
    width: 148px;
  }
  .answer {
    width: 17%;
  }
  .latency {
    width: 88px;
  }
  tr.row {
    height: 28px;
    cursor: default;
  }
  tr.row > * {
    height: 28px;
    padding-block: 0;
    vertical-align: middle;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  tr.row > .number {
    font-variant-numeric: tabular-nums;
  }
  tr.row button {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    font-variant-numeric: tabular-nums;
  }
  tr.space > td {
    padding: 0;
    border: none;
    height: inherit;
  }
  tbody tr.space:hover > * {
    background: none;
  }
  tr.detail > td {
    padding: 8px 12px 12px 28px;
    background: var(--aiwb-surface);
  }
  @media print {
    tr.space {
      display: none;
    }
    tr.row > * {
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
  .failed {
    color: var(--vscode-errorForeground);
  }
`;
