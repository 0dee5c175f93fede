// Changes of a camera's processors, sent as they are made. Options are gathered while a person still moves something,
// and name the revision that they were made on: a change of somebody else meanwhile is said, never overwritten unseen.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get, patch, type Camera, type CameraPatch, type ProcessorStatus } from '../api.ts';
import { failureOfError, type Failure } from '../forms/failure.ts';
import { poll } from '../state.ts';

type Changes = NonNullable<CameraPatch['processors']>;
type Options = ProcessorStatus['options'];

const GATHER_MS = 300;

/** Sends changes at once, and keeps why that failed. */
export function useChange(camera: Camera): { change: (changes: Changes) => Promise<void>; failure: Failure | null } {
  const [failure, setFailure] = useState<Failure | null>(null);
  const change = async (processors: Changes): Promise<void> => {
    try {
      await patch<Camera>(`/api/cameras/${camera.id}`, { processors });
      setFailure(null);
      await poll();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(failureOfError(error));
    }
  };
  return { change, failure };
}

export interface OptionChanges {
  /** Takes a new value; it is sent when nothing else has come for a moment. */
  readonly set: (name: string, value: unknown) => void;
  readonly failure: Failure | null;
  /** Options that somebody else changed meanwhile, with their values. */
  readonly met: Options;
}

interface Pending {
  readonly values: Record<string, unknown>;
  /** What was shown when the first of them was typed. */
  readonly shown: Options;
  readonly revision: string;
}

export function useOptionChanges(camera: Camera, processor: ProcessorStatus): OptionChanges {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [met, setMet] = useState<Options>({});
  const now = useRef({ camera, processor });
  now.current = { camera, processor };
  const pending = useRef<Pending | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const sending = useRef<Promise<void>>(Promise.resolve());
  const send = async (): Promise<void> => {
    const batch = pending.current;
    pending.current = null;
    if (batch === null) return;
    try {
      const others = await sendOptions(now.current.camera, processor.name, batch);
      setFailure(null);
      setMet(others);
      await poll();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailure(failureOfError(error));
    }
  };
  const flush = (): void => {
    clearTimeout(timer.current);
    // One after the other, or the second would name a revision that the first has made old.
    sending.current = sending.current.then(send);
  };
  useEffect(() => flush, []);
  const set = (name: string, value: unknown): void => {
    pending.current ??= {
      values: {},
      shown: now.current.processor.options,
      revision: now.current.camera.revision,
    };
    pending.current.values[name] = value;
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, GATHER_MS);
  };
  return { set, failure, met };
}

/** Gives what somebody else has changed of the same options; then nothing was sent. Rejects with an ApiError. */
async function sendOptions({ id }: Camera, name: string, { values, shown, revision }: Pending): Promise<Options> {
  const body: CameraPatch = { processors: { [name]: { options: values } } };
  try {
    await patch<Camera>(`/api/cameras/${id}`, body, { ifMatch: revision });
    return {};
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'revision-mismatch') throw error;
  }
  const latest = await get<Camera>(`/api/cameras/${id}`);
  const options = latest.processors.find((it) => it.name === name)?.options ?? {};
  const others = Object.keys(values).filter(
    (key) => !same(options[key], shown[key]) && !same(options[key], values[key]),
  );
  if (others.length > 0) return Object.fromEntries(others.map((key) => [key, options[key]]));
  await patch<Camera>(`/api/cameras/${id}`, body, { ifMatch: latest.revision });
  return {};
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
