import { html, LitElement } from 'lit';
import type { Infrastructure, TuningReport } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import {
  columnFormat,
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatPlace,
  formatValue,
} from '../shared/format.ts';
import { tokensPerSecond } from '../shared/infrastructure.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { chosenEpoch } from '../shared/tuning.ts';
import { runName } from './tuning-charts.ts';

interface Column {
  readonly name: string;
  readonly read: (used: Infrastructure) => number | undefined;
  readonly write: (value: number, all: readonly number[]) => string;
  /** Shows also where no run has it. */
  readonly always?: boolean;
}

const columns: readonly Column[] = [
  { name: 'Wall time', read: ({ wallSeconds }) => wallSeconds, write: formatDuration, always: true },
  {
    name: 'GPU-hours',
    read: ({ gpuSeconds }) => gpuSeconds,
    write: seconds => formatFixed(seconds / 3600, 2),
  },
  { name: 'CPU time', read: ({ cpuSeconds }) => cpuSeconds, write: formatDuration, always: true },
  { name: 'Peak memory', read: ({ peakMemoryBytes }) => peakMemoryBytes, write: formatBytes, always: true },
  { name: 'Peak GPU memory', read: ({ peakGpuMemoryBytes }) => peakGpuMemoryBytes, write: formatBytes },
  {
    name: 'Rows a second',
    read: ({ rowsPerSecond }) => rowsPerSecond,
    write: value => formatFixed(value, value < 100 ? 1 : 0),
    always: true,
  },
  { name: 'Tokens', read: ({ tokens }) => tokens, write: formatCount },
  { name: 'Tokens a second', read: tokensPerSecond, write: formatCount },
  { name: 'An hour', read: ({ hourlyPrice }) => hourlyPrice, write: value => formatValue(value, 'USD') },
  {
    name: 'Cost',
    read: ({ cost }) => cost,
    write: (value, all) => `${columnFormat(all, 'USD')(value)} USD`,
  },
];

/** Which checkpoint each run chose and what the run used. */
export class RunUsage extends LitElement {
  static override properties = { reports: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare reports: readonly TuningReport[] | undefined;

  override render() {
    const reports = this.reports ?? [];
    const used = reports.flatMap(({ infrastructure }) => infrastructure ?? []);
    const shown = columns.filter(({ read, always }) => always === true || used.some(each => read(each) !== undefined));
    const all = shown.map(({ read }) => used.flatMap(each => read(each) ?? []));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="What the runs used">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" class="number">Best epoch</th>
            ${shown.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}
            <th scope="col">Hardware</th>
          </tr>
        </thead>
        <tbody>
          ${reports.map((report, index) => {
            const { infrastructure } = report;
            const best = chosenEpoch(report);
            return html`<tr>
              <th scope="row" class="word">${runName(reports, index)}</th>
              <td class="number">${best === undefined ? '–' : formatPlace(best)}</td>
              ${shown.map(({ read, write }, column) => {
                const value = infrastructure === undefined ? undefined : read(infrastructure);
                return html`<td class="number">${value === undefined ? '–' : write(value, all[column] ?? [])}</td>`;
              })}
              <td class="name">${infrastructure === undefined ? '–' : renderHardware(infrastructure)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }
}

function renderHardware({ platform, hardware, gpu }: Infrastructure) {
  const machine = clipLine(hardware ?? platform, 160);
  return gpu === undefined ? machine : html`${clipLine(gpu, 80)}<span class="interval">${machine}</span>`;
}

defineElement('aiwb-run-usage', RunUsage);
