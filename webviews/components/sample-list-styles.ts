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
  }
  .id {
    width: 104px;
  }
  thead button {
    display: inline-flex;
    gap: 2px;
    align-items: center;
    max-width: 100%;
    font-weight: inherit;
  }
  thead button > span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  thead .icon {
    width: 12px;
    height: 12px;
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
  /** A wide table scrolls under it. */
  tr.detail aiwb-sample-detail {
    position: sticky;
    inset-inline-start: 28px;
    max-width: calc(var(--aiwb-view-width, 100%) - 40px);
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
