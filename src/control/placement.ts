// Which process opens and which decodes each camera. Pure: the same cameras give the same places, and a camera moves
// only when the number of processes or its own crash record asks for it.

/** One process of a role: `shared` ones by number, `alone` ones by the camera they are for. */
export type PlaceName = `${number}` | `alone-${string}`;

/** One more process for each so many cameras, up to one for each core. */
const CAMERAS_PER_PROCESS = 16;

export interface PlacementNeeds {
  /** Cameras to place. */
  readonly uids: readonly string[];
  /** Those that get a process of their own. */
  readonly alone: ReadonlySet<string>;
  /** How many cameras are at work: what the number of processes follows. It never goes down while the server runs. */
  readonly working: number;
  /** True for a camera that may be moved without anybody's noticing. */
  readonly movable: (uid: string) => boolean;
}

/** How many shared processes of a role `cameras` need on a machine of `cores`. */
export function processesFor(cameras: number, cores: number): number {
  return Math.max(1, Math.min(cores, Math.ceil(cameras / CAMERAS_PER_PROCESS)));
}

/** Keeps each camera's place and gives new ones to the place with the fewest. */
export class Placement {
  readonly #places = new Map<string, PlaceName>();
  readonly #cores: number;
  #count = 1;

  constructor(cores: number) {
    this.#cores = cores;
  }

  /** True when so many cameras at work want more processes than there are. */
  wantsMore(working: number): boolean {
    return processesFor(working, this.#cores) > this.#count;
  }

  /** Places cameras anew. */
  assign({ uids, alone, working, movable }: PlacementNeeds): ReadonlyMap<string, PlaceName> {
    const wanted = new Set(uids);
    for (const uid of this.#places.keys()) if (!wanted.has(uid)) this.#places.delete(uid);
    const grows = this.wantsMore(working);
    if (grows) this.#count = processesFor(working, this.#cores);
    for (const uid of uids) {
      const place = this.#places.get(uid);
      if (alone.has(uid)) this.#places.set(uid, `alone-${uid}`);
      else if (place === undefined || place.startsWith('alone-')) this.#places.set(uid, this.#emptiest());
    }
    if (grows) this.#balance(movable);
    return this.#places;
  }

  /** Moves what may be moved from full processes to the new ones. */
  #balance(movable: (uid: string) => boolean): void {
    const loads = this.#loads();
    for (const [uid, place] of this.#places) {
      const emptiest = this.#emptiest();
      const load = loads.get(place);
      if (load === undefined || load - loads.get(emptiest)! < 2 || !movable(uid)) continue;
      this.#places.set(uid, emptiest);
      loads.set(place, load - 1);
      loads.set(emptiest, loads.get(emptiest)! + 1);
    }
  }

  #loads(): Map<PlaceName, number> {
    const loads = new Map<PlaceName, number>();
    for (let number = 1; number <= this.#count; number++) loads.set(`${number}`, 0);
    for (const place of this.#places.values()) if (loads.has(place)) loads.set(place, loads.get(place)! + 1);
    return loads;
  }

  #emptiest(): PlaceName {
    return [...this.#loads()].reduce((best, entry) => (entry[1] < best[1] ? entry : best))[0];
  }
}
