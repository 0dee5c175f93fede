// Who may ask what, as plain data: control makes the table from the config, the local key and the logins, and hands it
// to every gateway, which judges each request by it without asking back.

/** What somebody may do with a camera. `configure` without a camera: add one, or change the server. */
export type Permission = 'view' | 'listen' | 'control' | 'configure';

export const ALL_PERMISSIONS: readonly Permission[] = ['view', 'listen', 'control', 'configure'];

/** Who asks. */
export interface Principal {
  /** Name of the user; `key`, `token` or `anyone` for those who have none. */
  readonly id: string;
  /** `anyone`: sent nothing that says who it is. */
  readonly kind: 'anyone' | 'key' | 'token' | 'user';
  readonly grants: readonly Permission[];
}

/** One login: a cookie that stands for a principal until it expires or its credential changes. */
export interface SessionEntry {
  /** SHA-256 of the cookie's value, hex. */
  readonly digest: string;
  readonly principal: Principal;
  /** Monotonic, microseconds. */
  readonly expiresUs: number;
}

export interface UserEntry {
  readonly name: string;
  /** SHA-256 of the password, hex. */
  readonly digest: string;
  readonly grants: readonly Permission[];
}

/** Everything that decides who may do what. Replaced whole at each change; open streams are then judged again. */
export interface AccessTable {
  /** Rises with each change. */
  readonly version: number;
  /** SHA-256 of `server.token`, hex; null without one. */
  readonly tokenDigest: string | null;
  /** SHA-256 of the local key of the state folder, hex; null where there is no state folder. */
  readonly keyDigest: string | null;
  readonly users: readonly UserEntry[];
  readonly sessions: readonly SessionEntry[];
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly embed: 'any' | 'same-origin';
  /** True: `--insecure` was said, so anybody who reaches the server may view. */
  readonly insecure: boolean;
}
