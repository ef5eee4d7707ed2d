/** One frame while the table of samples moved. */
export interface FrameReading {
  /** Since the frame before, in milliseconds. */
  readonly gap: number;
  /** Some of what is in view has no row at all. */
  readonly isBlank: boolean;
  /** Some row in view has not been read yet. */
  readonly isWaiting: boolean;
}

/** What a frame tells of our output in it. */
export interface OutputWatch {
  /** When VS Code handed the output to the frame. */
  arrived: number | undefined;
  /** When its figures were painted. */
  drawn: number | undefined;
  /** Lengths of the messages that came for renderers. */
  messages: number[];
  list(): { readonly scroller: HTMLElement; readonly root: ShadowRoot } | undefined;
  /** From the next click on, waits for rows that are not there yet. */
  expectRows(): void;
  /** Milliseconds from the click until they were painted. */
  rowsPainted(): Promise<number>;
  record(): void;
  stop(): readonly FrameReading[];
}

/** Runs in every frame before anything else does; one function, for it travels as text. */
export function watchOutputs(): void {
  const find = (name: string, root: ParentNode = document): Element | undefined => {
    for (const element of root.querySelectorAll('*')) {
      if (element.localName === name) return element;
      const inner = element.shadowRoot === null ? undefined : find(name, element.shadowRoot);
      if (inner !== undefined) return inner;
    }
    return undefined;
  };
  let clicked = 0;
  let former: Element | null = null;
  let readings: FrameReading[] = [];
  let isRecording = false;
  const list: OutputWatch['list'] = () => {
    const root = find('aiwb-sample-list')?.shadowRoot ?? undefined;
    const scroller = root?.querySelector<HTMLElement>('.samples') ?? undefined;
    return root === undefined || scroller === undefined ? undefined : { root, scroller };
  };
  /** A row's first cell tells by its button that the row has been read. */
  const firstRow = (): Element | null => list()?.root.querySelector('tr.row button') ?? null;
  const afterPaint = (then: () => void): void =>
    void requestAnimationFrame(() => {
      setTimeout(then, 0);
    });
  const watch: OutputWatch = {
    arrived: undefined,
    drawn: undefined,
    messages: [],
    list,
    expectRows() {
      former = firstRow();
      const note = (): void => {
        clicked = performance.now();
      };
      addEventListener('click', note, { capture: true, once: true });
    },
    rowsPainted: () =>
      new Promise(resolve => {
        const look = (): void => {
          const row = firstRow();
          const isThere = row !== null && row !== former;
          if (isThere) afterPaint(() => resolve(performance.now() - clicked));
          else requestAnimationFrame(look);
        };
        look();
      }),
    record() {
      readings = [];
      isRecording = true;
      let last = performance.now();
      const read = (): void => {
        if (!isRecording) return;
        const now = performance.now();
        readings.push({ gap: now - last, ...readView() });
        last = now;
        requestAnimationFrame(read);
      };
      requestAnimationFrame(read);
    },
    stop() {
      isRecording = false;
      return readings;
    },
  };
  const readView = (): Pick<FrameReading, 'isBlank' | 'isWaiting'> => {
    const shown = list();
    if (shown === undefined) return { isBlank: true, isWaiting: true };
    // What the heading, which stays, and the scroll bar leave.
    const { scroller } = shown;
    const head = shown.root.querySelector('thead')?.getBoundingClientRect().height ?? 0;
    const top = scroller.getBoundingClientRect().top + scroller.clientTop + head;
    const bottom = top - head + scroller.clientHeight;
    const rows = [...shown.root.querySelectorAll('tr.row')].map(row => ({ row, box: row.getBoundingClientRect() }));
    const inView = rows.filter(({ box }) => box.bottom > top && box.top < bottom);
    const covered = inView.reduce((sum, { box }) => sum + Math.min(box.bottom, bottom) - Math.max(box.top, top), 0);
    return {
      isBlank: covered < bottom - top - 2,
      isWaiting: inView.some(({ row }) => row.querySelector('button') === null),
    };
  };
  const take = ({ data }: MessageEvent<{ type?: string; message?: unknown } | null>): void => {
    if (data?.type === 'html') watch.arrived ??= performance.now();
    if (data?.type === 'customRendererMessage') watch.messages.push(JSON.stringify(data.message).length);
  };
  const look = (): void => {
    // VS Code writes the frame's document anew, which takes listeners away; one that is there is not added twice.
    addEventListener('message', take, true);
    const table = watch.arrived === undefined ? undefined : find('aiwb-metric-table');
    if (!(table?.shadowRoot?.querySelector('tbody tr') instanceof Element)) return;
    clearInterval(looking);
    afterPaint(() => (watch.drawn = performance.now()));
  };
  const looking = setInterval(look, 4);
  (globalThis as unknown as { aiwbWatch: OutputWatch }).aiwbWatch = watch;
}
