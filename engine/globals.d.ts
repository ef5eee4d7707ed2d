/**
 * The few globals every JavaScript host has (Node, browsers, workers). The engine may use these and nothing else of its host:
 * no DOM, no Node built-ins. Everything that touches the outside world arrives through a port.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare const AbortSignal: { any(signals: AbortSignal[]): AbortSignal; timeout(milliseconds: number): AbortSignal };
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare const AbortController: { new (): AbortController };
interface TextEncoder {
  encode(text: string): Uint8Array;
}
declare const TextEncoder: { new (): TextEncoder };
interface TextDecoder {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}
declare const TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder };
interface URL {
  readonly origin: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly href: string;
  readonly username: string;
  readonly password: string;
  pathname: string;
}
declare const URL: { new (url: string, base?: string): URL; canParse(url: string): boolean };
declare function queueMicrotask(callback: () => void): void;
