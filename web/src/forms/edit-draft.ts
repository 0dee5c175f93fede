// What a person has made of a camera's config, and the patch that says so: only what differs from what was shown.

import type { Camera, CameraPatch } from '../api.ts';
import { ownerOf } from './typed-address.ts';

export interface EditDraft {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly username: string;
  /** Typed now; the stored one is never known here. */
  readonly password: string;
  readonly always: boolean;
  readonly enabled: boolean;
  readonly tlsVerify: boolean;
}

export function draftOf({ id, config }: Camera): EditDraft {
  return {
    id,
    name: config.name,
    source: shownSource(config.source),
    username: config.username ?? '',
    password: '',
    always: config.always,
    enabled: config.enabled,
    tlsVerify: config.tlsVerify,
  };
}

/** Without the mask of user and password, which have fields of their own. */
export function shownSource(source: string): string {
  return source.replace(/^([a-z]+:\/\/)\*\*\*(?::\*\*\*)?@/i, '$1');
}

/** JSON Merge Patch from the camera as shown to the draft. */
export function patchOf(shown: Camera, draft: EditDraft): CameraPatch {
  const before = draftOf(shown);
  const username = draft.username.trim();
  return {
    ...(draft.id.trim() === before.id ? {} : { id: draft.id.trim() }),
    ...(draft.name.trim() === before.name ? {} : { name: draft.name.trim() === '' ? null : draft.name.trim() }),
    ...(draft.source.trim() === before.source ? {} : { source: draft.source.trim() }),
    ...credentialsPatch(before, draft, username),
    ...(draft.always === before.always ? {} : { always: draft.always }),
    ...(draft.enabled === before.enabled ? {} : { enabled: draft.enabled }),
    ...(draft.tlsVerify === before.tlsVerify ? {} : { tlsVerify: draft.tlsVerify }),
  };
}

/** A new address drops what is stored, so what is shown is sent with it; a user that was emptied takes the password along. */
function credentialsPatch(before: EditDraft, draft: EditDraft, username: string): CameraPatch {
  const moved = isMoved(before.source, draft.source);
  const patch: { username?: string | null; password?: string | null } = {};
  if (username !== before.username || (moved && username !== '')) patch.username = username === '' ? null : username;
  if (draft.password !== '') patch.password = draft.password;
  else if (username === '' && before.username !== '') patch.password = null;
  return patch;
}

/** True when stored passwords do not belong to the new address. */
export function isMoved(before: string, now: string): boolean {
  return ownerOf(before) !== ownerOf(now);
}

/** What was typed, over what the camera is now: a field that nobody touched here takes its new value. */
export function rebased(draft: EditDraft, before: Camera, now: Camera): EditDraft {
  const [shown, fresh] = [draftOf(before), draftOf(now)];
  const touched = Object.entries(draft).filter(([field, value]) => value !== shown[field as keyof EditDraft]);
  return { ...fresh, ...Object.fromEntries(touched) };
}

/** Fields whose stored values differ between two states of a camera. */
export function changedFields(before: Camera, now: Camera): readonly (keyof EditDraft)[] {
  const [a, b] = [draftOf(before), draftOf(now)];
  const fields = (Object.keys(a) as (keyof EditDraft)[]).filter((field) => a[field] !== b[field]);
  return before.config.password === now.config.password ? fields : [...fields, 'password'];
}
