// Which process opens and which decodes each camera. Pure: the same cameras give the same places, and a camera moves
// only when the number of processes or its own crash record asks for it.

/** One process of a role: `shared` ones by number, `alone` ones by the camera they are for. */
export type PlaceName = `${number}` | `alone-${string}`;

/** One more process for each so many cameras, up to one for each core. */
const CAMERAS_PER_PROCESS = 16;

/** How many shared processes of a role `cameras` need on a machine of `cores`. */
export function processesFor(cameras: number, cores: number): number {
  return Math.max(1, Math.min(cores, Math.ceil(cameras / CAMERAS_PER_PROCESS)));
}

/** Keeps each camera's place and gives new ones to the place with the fewest. */
export class Placement {
  readonly #places = new Map<string, PlaceName>();
  readonly #cores: number;

  constructor(cores: number) {
    this.#cores = cores;
  }

  /** Places `uids` anew; those in `alone` get a process of their own. */
  assign(uids: readonly string[], alone: ReadonlySet<string>): ReadonlyMap<string, PlaceName> {
    const wanted = new Set(uids);
    for (const uid of this.#places.keys()) if (!wanted.has(uid)) this.#places.delete(uid);
    const shared = uids.filter((uid) => !alone.has(uid));
    const count = processesFor(shared.length, this.#cores);
    for (const uid of uids) {
      if (alone.has(uid)) this.#places.set(uid, `alone-${uid}`);
      else if (!this.#fits(uid, count)) this.#places.set(uid, this.#emptiest(count));
    }
    return this.#places;
  }

  #fits(uid: string, count: number): boolean {
    const place = this.#places.get(uid);
    return place !== undefined && !place.startsWith('alone-') && Number(place) <= count;
  }

  #emptiest(count: number): PlaceName {
    const loads = new Map<PlaceName, number>();
    for (let number = 1; number <= count; number++) loads.set(`${number}`, 0);
    for (const place of this.#places.values()) if (loads.has(place)) loads.set(place, loads.get(place)! + 1);
    return [...loads].reduce((best, entry) => (entry[1] < best[1] ? entry : best))[0];
  }
}
