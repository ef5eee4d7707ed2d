import { css } from 'lit';

export const scorecardPageStyles = css`
  aiwb-score-figures {
    padding-inline-start: 40px;
  }
  .page.with-drawer {
    display: grid;
    grid-template-columns: minmax(0, 1fr) clamp(360px, 40vw, 560px);
  }
  .page.with-drawer > main {
    max-width: none;
  }
  aiwb-control-drawer {
    position: sticky;
    top: 0;
    height: 100vh;
    overflow: auto;
    border-inline-start: 1px solid var(--aiwb-line-strong);
    background: var(--aiwb-surface);
  }
  .section-head {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    align-items: baseline;
    justify-content: space-between;
  }
  .plain {
    color: var(--vscode-descriptionForeground);
  }
  @media (max-width: 480px) {
    aiwb-score-figures {
      padding-inline-start: 0;
    }
  }
  @media print {
    .page.with-drawer {
      display: block;
    }
    aiwb-control-drawer {
      display: none;
    }
  }
`;
