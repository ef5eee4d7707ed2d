import { css } from 'lit';

export const scorecardPageStyles = css`
  aiwb-score-figures {
    margin-top: 16px;
  }
  aiwb-verification:empty {
    display: contents;
  }
  h3.group {
    margin-top: 12px;
  }
  h2 + h3.group {
    margin-top: 0;
  }
  summary {
    cursor: pointer;
  }
  summary > h2 {
    display: inline;
  }
  .doubt {
    margin-bottom: 4px;
    font-weight: 600;
    color: var(--vscode-errorForeground);
  }
`;
