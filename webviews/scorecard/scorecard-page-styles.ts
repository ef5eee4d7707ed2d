import { css } from 'lit';

export const scorecardPageStyles = css`
  aiwb-score-figures {
    margin-top: 16px;
  }
  h3.group {
    margin-top: 12px;
  }
  h2 + h3.group {
    margin-top: 0;
  }
  summary {
    cursor: pointer;
    display: flex;
    align-items: center;
    gap: 4px;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary > h2 {
    margin: 0;
  }
  details[open] > summary > .chevron .icon {
    transform: rotate(90deg);
  }
  aiwb-control + aiwb-control {
    border-top: 1px solid var(--aiwb-line);
  }
`;
