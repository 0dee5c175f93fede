// Leads an examination from name to picture: step after step, each noted as it ends, until one fails. Which steps there
// are is up to the source: rtsp-steps.ts, http-steps.ts, and what has no network below.

import { setTimeout as sleep } from 'node:timers/promises';
import { SightlineError } from '../base/errors.ts';
import type { SourceAddress } from '../config/camera.ts';
import type { Examination } from '../link/examination.ts';
import type { Seen } from '../link/finding-codes.ts';
import { judgePort, judgeReach, judgeServer } from './door.ts';
import { failed, hintOf, named } from './finding.ts';
import { examineHttp } from './http-steps.ts';
import { hear, knock } from './knock.ts';
import { lookUpName } from './name.ts';
import { judgeDecoding, judgePicture } from './picture.ts';
import { Pictures } from './pictures.ts';
import { placeOf } from './place.ts';
import type { Place } from './place.ts';
import { findRoute } from './route.ts';
import { examineRtsp } from './rtsp-steps.ts';
import { Sheet } from './sheet.ts';
import type { DoctorRequest, Ground } from './types.ts';

/** How long the pictures of what has no packets to look at are watched, and how long the first is waited for then. */
const PICTURES_MS = 3000;
const LATE_MS = 9000;

/**
 * Examines a source. Resolves in any case; with its signal aborted the steps that are left are skipped. Opens at most
 * two sessions with the camera at a time, and tries credentials at most once when they are wrong.
 */
export async function examine(request: DoctorRequest): Promise<Examination> {
  const sheet = new Sheet((report) => request.onStep(report));
  const { source, signal } = request;
  try {
    const place = placeOf(source);
    if (place === null) await examineLocal(request, sheet);
    else await examineNetwork(request, sheet, place);
    sheet.skipTo(null, { code: 'not-looked-at', values: { failed: sheet.failure } });
  } catch (error) {
    if (!signal.aborted) throw error;
    sheet.skipTo(null, { code: 'stopped', values: {} });
  }
  return sheet.examination(source.display);
}

async function examineNetwork(request: DoctorRequest, sheet: Sheet, place: Place): Promise<void> {
  const { source, tlsVerify, digestOnly = false, guard, signal } = request;
  const ground: Ground = { place, source, tlsVerify, digestOnly, guard, signal };
  const name = await lookUpName(ground);
  const [address] = name.addresses;
  if (!sheet.note('name', name.finding) || address === undefined) return;
  const { finding, route } = await findRoute(address, place.port);
  if (!sheet.note('route', finding) || route === null) return;
  try {
    const visit = await knock(ground, route, address);
    if (!sheet.note('reach', judgeReach(visit))) return;
    const { heard, speaker, atUs } = await hear(ground, visit.dialled);
    if (!sheet.note('port', judgePort(visit, heard, speaker))) return;
    if (source.kind === 'ffmpeg') {
      sheet.skipTo('first-picture', { code: 'ffmpeg-opens', values: {} });
      await examinePictures(request, sheet);
      return;
    }
    if (!sheet.note('server', judgeServer(place, speaker))) return;
    const examineOn = place.protocol === 'rtsp' ? examineRtsp : examineHttp;
    const dialled = visit.dialled.outcome === 'connected' ? visit.dialled.address : address;
    await examineOn({ request, sheet, ground, address: dialled, speaker, heardAtUs: atUs });
  } catch (error) {
    // The name has another address than before, and that one may not be dialled.
    if (!(error instanceof SightlineError) || error.code !== 'source-forbidden') throw error;
    const problem = error.toProblem();
    sheet.note(sheet.next, failed({ code: 'problem', values: named(problem) }, hintOf(problem)));
  }
}

/** Why there is no network to look at. */
const LOCAL_CODES = {
  ...{ device: 'is-device', file: 'is-file', test: 'is-test-card', push: 'is-pushed' },
  ...{ ffmpeg: 'is-ffmpeg', rtsp: 'is-ffmpeg', http: 'is-ffmpeg' },
} as const satisfies Record<SourceAddress['kind'], Seen['code']>;

async function examineLocal(request: DoctorRequest, sheet: Sheet): Promise<void> {
  sheet.skipTo('first-picture', { code: LOCAL_CODES[request.source.kind], values: {} });
  await examinePictures(request, sheet);
}

async function examinePictures(request: DoctorRequest, sheet: Sheet): Promise<void> {
  await using pictures = new Pictures(request, LATE_MS);
  await Promise.race([sleep(PICTURES_MS, undefined, { ref: false }), pictures.over()]);
  const facts = await pictures.end();
  sheet.note('first-picture', judgePicture(facts));
  sheet.note('decoding', judgeDecoding(facts, true));
}
