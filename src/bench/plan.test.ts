import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../base/errors.ts';
import { benchOptions, secondsLeft, stopAfterStep, stopAfterWindow, takesAftermath, turns } from './plan.ts';
import { cameraOf, sideOf, windowOf } from '../../test/fixtures/bench-sides.ts';

const camera = cameraOf({ fps: 25 });
const problem = (code: ErrorCode) => ({ code, text: 'SETUP answered 453: the camera has no capacity left', hint: '' });
const refusing = (code: ErrorCode, served: number) => {
  return windowOf({ served, viewers: 4, refused: [{ status: 503, problem: problem(code), count: 4 - served }] });
};

describe('the plan of a bench', () => {
  it('takes about ten minutes by default and about two with --quick, where the first two modes stop at 64 viewers', () => {
    const took = (quick: boolean): number => {
      const few = benchOptions({ quick, viewers: [1, 4, 16, 64] });
      const many = benchOptions({ quick, viewers: [256, 1000] });
      return secondsLeft(0, [true, true, true], few) + secondsLeft(0, [false, false, true], many);
    };
    assert.ok(took(false) > 500 && took(false) < 900, `${took(false)} s`);
    assert.ok(took(true) > 60 && took(true) <= 150, `${took(true)} s`);
  });

  it('lets the sides take turns in each window of each number of viewers', () => {
    const options = { ...benchOptions({ viewers: [1, 4] }), windows: 2 };
    const order = [...turns(2, options)].map(({ viewers, window, side }) => `${viewers}/${window}/${side}`);
    assert.deepEqual(order, ['1/0/0', '1/0/1', '1/1/0', '1/1/1', '4/0/0', '4/0/1', '4/1/0', '4/1/1']);
  });

  it('counts no time for sides that have stopped, nor for turns that are over', () => {
    const options = benchOptions({ viewers: [1, 4], quick: true });
    assert.equal(secondsLeft(0, [true, false], options), secondsLeft(0, [true], options));
    assert.ok(secondsLeft(2, [true, true], options) < secondsLeft(0, [true, true], options) / 2);
    assert.equal(secondsLeft(4, [true, true], options), 0);
  });

  it('looks after the viewers have left in the first window of a step', () => {
    const options = benchOptions({});
    const at = (viewers: number, window: number) => ({ viewers, window, side: 0 });
    assert.equal(takesAftermath(at(4, 0), sideOf({}), options), true);
    assert.equal(takesAftermath(at(4, 1), sideOf({}), options), false);
    assert.equal(takesAftermath(at(4, 0), sideOf({ lifetime: 'window' }), options), false);
    assert.equal(takesAftermath(at(1, 0), sideOf({ lifetime: 'window' }), options), true);
  });
});

describe('when a side stops climbing', () => {
  it('stops under half of the rate of the camera, judged by the median of its windows', () => {
    const at = (...rates: readonly number[]) =>
      stopAfterStep(
        camera,
        rates.map((medianFps) => windowOf({ medianFps })),
      );
    assert.equal(at(12.5, 12.5, 12.5), null);
    assert.equal(at(25, 2, 13), null);
    assert.deepEqual(at(25, 2, 12), {
      reason: 'half-rate',
      text: "The viewer in the middle got 12 of the camera's 25 pictures a second.",
      sessionsAllowed: null,
    });
  });

  it('stops at the first refusal by the camera, and says how many sessions it allows', () => {
    const perViewer = sideOf({ perViewer: true });
    for (const code of ['camera-busy', 'camera-refused', 'device-busy'] as const) {
      const stop = stopAfterWindow(perViewer, refusing(code, 2));
      assert.ok(stop !== null);
      assert.deepEqual([stop.reason, stop.sessionsAllowed], ['refused', 2]);
      assert.match(stop.text, /^This camera allows 2 sessions: SETUP answered 453/);
    }
  });

  it('does not take an overloaded server for a camera that refuses', () => {
    const perViewer = sideOf({ perViewer: true });
    for (const code of ['camera-timeout', 'picture-timeout', 'internal', 'too-slow'] as const) {
      assert.equal(stopAfterWindow(perViewer, refusing(code, 2)), null);
    }
  });

  it('does not speak of sessions for a side that needs one only', () => {
    assert.equal(stopAfterWindow(sideOf({ perViewer: false }), refusing('camera-busy', 2)), null);
  });

  it('fails when everybody was refused or cut, and says what most were told', () => {
    const stop = stopAfterWindow(sideOf({ perViewer: true }), refusing('camera-busy', 0));
    assert.ok(stop !== null);
    assert.equal(stop.reason, 'failed');
    assert.match(stop.text, /^Nobody of 4 got a picture: SETUP answered 453/);
    const answered = { served: 0, refused: [{ status: 404, problem: null, count: 4 }] };
    assert.match(stopAfterWindow(sideOf({}), windowOf(answered))?.text ?? '', /the answer was status 404/);
    const cut = stopAfterWindow(sideOf({}), windowOf({ served: 0, broken: 3 }));
    assert.match(cut?.text ?? '', /3 connections ended/);
  });
});
