// Wheel, fingers and double click on the opened picture: closer, farther, moved, back; a swipe over the whole picture
// goes to the next camera. Moves nothing but a transform, so the page stays as it lies.

import { signal } from '@preact/signals';
import { panBy, WHOLE, zoomAt, type Point, type View } from './zoom-view.ts';

const WHEEL = 0.0015;
const CLOSER = 2.5;
const DOUBLE_TAP_MS = 300;
const TAP_PX = 12;
const SWIPE_PX = 60;

/** That of the opened camera, for the keys. */
export const openedZoom = signal<Zoom | null>(null);

export interface ZoomEvents {
  readonly changed: (view: View) => void;
  /** A swipe to the left is 1, to the right -1. */
  readonly swiped: (direction: 1 | -1) => void;
}

interface Finger {
  readonly from: Point;
  at: Point;
}

export class Zoom {
  readonly #stage: HTMLElement;
  readonly #events: ZoomEvents;
  readonly #fingers = new Map<number, Finger>();
  readonly #stop = new AbortController();
  #view: View = WHOLE;
  #pinched = false;
  #tapMs = 0;

  constructor(stage: HTMLElement, events: ZoomEvents) {
    this.#stage = stage;
    this.#events = events;
    const { signal } = this.#stop;
    stage.addEventListener('wheel', (event) => this.#wheel(event), { passive: false, signal });
    stage.addEventListener('dblclick', (event) => this.#toggle(this.#point(event)), { signal });
    stage.addEventListener('pointerdown', (event) => this.#down(event), { signal });
    stage.addEventListener('pointermove', (event) => this.#move(event), { signal });
    stage.addEventListener('pointerup', (event) => this.#up(event), { signal });
    stage.addEventListener('pointercancel', (event) => this.#fingers.delete(event.pointerId), { signal });
  }

  reset(): void {
    this.#set(WHOLE);
  }

  /** Around the middle of the picture. */
  by(factor: number): void {
    const { width, height } = this.#size();
    this.#zoom(factor, { x: width / 2, y: height / 2 });
  }

  close(): void {
    this.#stop.abort();
  }

  /** At its own size the picture leaves the wheel to the page, but for the turn that looks closer. */
  #wheel(event: WheelEvent): void {
    const closer = event.deltaY < 0;
    if (this.#view.scale === 1 && (!closer || scrollY > 0)) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const speed = event.ctrlKey ? 6 : 1;
    this.#zoom(Math.exp(-event.deltaY * lines * WHEEL * speed), this.#point(event));
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#pinched = this.#fingers.size > 0;
    this.#fingers.set(event.pointerId, { from: this.#point(event), at: this.#point(event) });
    if (this.#view.scale > 1 || this.#pinched) this.#stage.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    if (finger === undefined) return;
    const before = finger.at;
    const other = [...this.#fingers.values()].find((it) => it !== finger);
    finger.at = this.#point(event);
    const by = { x: finger.at.x - before.x, y: finger.at.y - before.y };
    if (other === undefined) {
      if (this.#view.scale > 1) this.#set(panBy(this.#view, by, this.#size()));
      return;
    }
    const middle = { x: (finger.at.x + other.at.x) / 2, y: (finger.at.y + other.at.y) / 2 };
    this.#view = panBy(this.#view, { x: by.x / 2, y: by.y / 2 }, this.#size());
    this.#zoom(distance(finger.at, other.at) / Math.max(1, distance(before, other.at)), middle);
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    this.#fingers.delete(event.pointerId);
    if (finger === undefined || this.#pinched || event.pointerType !== 'touch') return;
    const by = { x: finger.at.x - finger.from.x, y: finger.at.y - finger.from.y };
    if (Math.hypot(by.x, by.y) < TAP_PX) this.#tapped(finger.at);
    else if (this.#view.scale === 1 && Math.abs(by.x) > SWIPE_PX && Math.abs(by.x) > 2 * Math.abs(by.y)) {
      this.#events.swiped(by.x < 0 ? 1 : -1);
    }
  }

  #tapped(at: Point): void {
    const nowMs = performance.now();
    const double = nowMs - this.#tapMs < DOUBLE_TAP_MS;
    this.#tapMs = double ? 0 : nowMs;
    if (double) this.#toggle(at);
  }

  #toggle(at: Point): void {
    if (this.#view.scale > 1) this.reset();
    else this.#zoom(CLOSER, at);
  }

  #zoom(factor: number, at: Point): void {
    this.#set(zoomAt(this.#view, factor, at, this.#size()));
  }

  #set(view: View): void {
    this.#view = view;
    this.#events.changed(view);
  }

  #size(): { width: number; height: number } {
    return { width: this.#stage.clientWidth, height: this.#stage.clientHeight };
  }

  #point({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.#stage.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
