import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SightlineError } from '../base/errors.ts';
import type { FoundCamera, SearchWish } from '../link/found.ts';
import { Searches } from './searches.ts';
import type { Searching, SearchRequest } from './searches.ts';

const ALL: SearchWish = { login: null, subnet: null, address: null };

function camera(address: string, needsPassword = false): FoundCamera {
  return {
    ...{ id: `address:${address}`, address, otherAddresses: [], mac: null, serial: null, endpoint: null, name: null },
    ...{ maker: null, model: null, ways: ['ports'], services: [], streams: [], needsPassword },
  };
}

/** A search that the test leads. */
class Led {
  networks = ['10.0.0.0/24'];
  request: SearchRequest | null = null;
  readonly #over = Promise.withResolvers<undefined>();
  readonly search = (request: SearchRequest): Searching => {
    this.request = request;
    request.signal.addEventListener('abort', () => this.#over.reject(request.signal.reason as Error));
    return { networks: this.networks, ended: this.#over.promise };
  };

  end(): void {
    this.#over.resolve(undefined);
  }

  fail(error: Error): void {
    this.#over.reject(error);
  }
}

/** Resolves when the search is in that state; called at each change. */
function watch(start: (changed: () => void) => Searches): { searches: Searches; ended: Promise<undefined> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const searches: Searches = start(() => {
    if (searches.info.state === 'ended') resolve(undefined);
  });
  return { searches, ended: promise };
}

describe('searches for cameras', () => {
  it('show what is found while they run, and keep it when they have ended', async () => {
    const led = new Led();
    const { searches, ended } = watch((changed) => new Searches(led.search, changed));
    assert.equal(searches.start(ALL).state, 'running');
    led.request?.onFound([camera('10.0.0.2')]);
    assert.deepEqual(searches.info.networks, ['10.0.0.0/24']);
    assert.deepEqual(
      searches.info.cameras.map(({ address }) => address),
      ['10.0.0.2'],
    );
    led.end();
    await ended;
    const { startedUs, endedUs, expiresUs, cameras } = searches.info;
    assert.ok(startedUs! <= endedUs! && endedUs! < expiresUs!);
    assert.equal(cameras.length, 1);
    await searches.end();
  });

  it('are one at a time', async () => {
    const led = new Led();
    const { searches } = watch((changed) => new Searches(led.search, changed));
    searches.start(ALL);
    assert.throws(() => searches.start(ALL), { code: 'search-running' });
    await searches.end();
  });

  it('forget everything when they are ended by a person, and tell the one that looks', async () => {
    const led = new Led();
    const { searches } = watch((changed) => new Searches(led.search, changed));
    searches.start(ALL);
    led.request?.onFound([camera('10.0.0.2')]);
    await searches.end();
    assert.equal(led.request?.signal.aborted, true);
    assert.equal(searches.info.state, 'none');
    assert.deepEqual(searches.info.cameras, []);
    assert.equal(searches.start(ALL).state, 'running', 'another one may begin');
    await searches.end();
  });

  it('of one device keep the others in the list', async () => {
    const first = new Led();
    let search = first.search;
    const { searches, ended } = watch((changed) => new Searches((request) => search(request), changed));
    searches.start(ALL);
    first.request?.onFound([camera('10.0.0.2'), camera('10.0.0.3', true)]);
    first.end();
    await ended;
    const second = new Led();
    search = second.search;
    searches.start({ ...ALL, address: '10.0.0.3', login: { username: 'u', password: 'p' } });
    second.request?.onFound([camera('10.0.0.3')]);
    assert.deepEqual(
      searches.info.cameras.map(({ address, needsPassword }) => [address, needsPassword]),
      [
        ['10.0.0.2', false],
        ['10.0.0.3', false],
      ],
    );
    await searches.end();
  });

  it('say why they ended early', async () => {
    const led = new Led();
    const { searches, ended } = watch((changed) => new Searches(led.search, changed));
    searches.start(ALL);
    led.fail(new SightlineError('internal', 'The network is down.'));
    await ended;
    assert.equal(searches.info.problem?.text, 'The network is down.');
    await searches.end();
  });

  it('have as long as a large network takes, and not for ever', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const led = new Led();
    led.networks = ['10.0.0.0/20'];
    const { searches, ended } = watch((changed) => new Searches(led.search, changed));
    searches.start(ALL);
    // 4,096 addresses, three packets each, fewer than 200 a second.
    t.mock.timers.tick(90_000);
    assert.equal(led.request?.signal.aborted, false);
    t.mock.timers.tick(600_000);
    await ended;
    assert.match(searches.info.problem?.text ?? '', /did not end within/);
    await searches.end();
  });

  it('do not begin for a wish that cannot be meant, and what was found before stays', async () => {
    const led = new Led();
    let isWrong = false;
    const { searches, ended } = watch((changed) => {
      return new Searches((request) => {
        if (isWrong) throw new SightlineError('request-invalid', '8.8.8.0/24 is no private network.');
        return led.search(request);
      }, changed);
    });
    searches.start(ALL);
    led.request?.onFound([camera('10.0.0.2')]);
    led.end();
    await ended;
    isWrong = true;
    assert.throws(() => searches.start({ ...ALL, subnet: '8.8.8.0/24' }), { code: 'request-invalid' });
    assert.deepEqual([searches.info.state, searches.info.cameras.length], ['ended', 1]);
    await searches.end();
  });
});
