import { html, render } from 'lit';
import type { HostToVersionPage, VersionPageToHost } from '../../schemas/generated/messages.ts';
import { validateHostToVersionPage } from '../../schemas/generated/validators.js';
import { createPageHost } from '../shared/host.ts';
import { adoptDocumentStyles, drawOncePerFrame } from '../shared/start-page.ts';
import './version-page.ts';
import type { VersionHost, VersionModel } from './version-page.ts';

start(
  createPageHost<HostToVersionPage, VersionPageToHost>(globalThis.window, {
    validate: validateHostToVersionPage,
    identify: message =>
      message.type === 'versions'
        ? {
            versions: message.comparison.versions.map(({ version: { model, version, registry } }) =>
              registry === undefined ? { model, version } : { model, version, registry },
            ),
          }
        : undefined,
  }),
);

function start(host: VersionHost): void {
  let model: VersionModel = {};
  const draw = (): void =>
    void render(html`<aiwb-version-page .host=${host} .model=${model}></aiwb-version-page>`, document.body);
  const drawSoon = drawOncePerFrame(draw);
  adoptDocumentStyles(host.kind);
  host.listen(message => {
    if (message.type === 'versions') {
      const { comparison, sources = [], card, lineage } = message;
      model = {
        comparison,
        sources,
        ...(card === undefined ? {} : { card }),
        ...(lineage === undefined ? {} : { lineage }),
      };
    } else model = { ...model, failure: message.failure };
    drawSoon();
  });
  draw();
  host.post({ type: 'ready' });
}
